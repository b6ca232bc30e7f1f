package main

import (
	"crypto/rand"
	"sync"
	"time"
)

// The wrong way: a test replaces these variables for the whole program.
var (
	variables sync.Mutex // guards the rest
	tests     int        // in progress
	idSource  = rand.Text
	clock     = time.Now
)

func placeOrderWithVariables() order {
	variables.Lock()
	defer variables.Unlock()
	return order{idSource(), clock()}
}

func inTestWithVariables(fn func()) {
	replace(+1)
	defer replace(-1)
	fn()
}

// replace counts the tests in progress, and replaces the variables while there are any.
func replace(n int) {
	variables.Lock()
	defer variables.Unlock()
	tests += n
	idSource, clock = rand.Text, time.Now
	if tests > 0 {
		idSource, clock = fixedID, func() time.Time { return fixedTime }
	}
}
