package main

import (
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
)

// The data about a request that every process needs.
var (
	requestID = als.New(als.Options[string]{Name: "request"})
	user      = als.New(als.Options[string]{Name: "user"})
)

// fields travel from process to process. A client may choose its request ID; only the
// front sets the user.
var fields = alsfield.NewSet(
	alsfield.String("X-Request-Id", requestID, alsfield.FromStrangers(), alsfield.MaxBytes(64)),
	alsfield.String("X-User", user),
)
