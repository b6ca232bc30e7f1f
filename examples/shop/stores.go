package main

import (
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
)

// What every process knows of the request that it works for.
var (
	requestID = als.New(als.Options[string]{Name: "request"})
	user      = als.New(als.Options[string]{Name: "user"})
)

// What travels from process to process. A client may choose its request ID; who the
// user is only the front decides.
var fields = alsfield.NewSet(
	alsfield.String("X-Request-Id", requestID, alsfield.FromStrangers(), alsfield.MaxBytes(64)),
	alsfield.String("X-User", user),
)
