package main

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// newID and now are the program's sources of IDs and of the time. Their defaults are for
// production.
var (
	newID = als.New(als.Options[func() string]{Name: "newID", Default: rand.Text})
	now   = als.New(als.Options[func() time.Time]{Name: "now", Default: time.Now})
)

// An order has an ID and a time.
type order struct {
	id string
	at time.Time
}

// placeOrder has no parameters for the IDs and the clock.
func placeOrder() order { return order{newID.Get()(), now.Get()()} }

// String hides an ID and a time that differ from run to run.
func (o order) String() string {
	id, at := "a random ID", "the current time"
	if o.id == fixedID() {
		id = "ID " + o.id
	}
	if o.at.Equal(fixedTime) {
		at = "the time " + o.at.Format(time.TimeOnly)
	}
	return fmt.Sprintf("%s and %s", id, at)
}

// fixedTime and fixedID are those of a test.
var fixedTime = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

func fixedID() string { return "0001" }

// inTest runs fn, and goroutines that it starts with als.Go, with fixed IDs and a fixed
// time.
func inTest(fn func()) {
	newID.Run(fixedID, func() {
		now.Run(func() time.Time { return fixedTime }, fn)
	})
}
