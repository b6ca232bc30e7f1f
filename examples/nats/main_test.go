package main

import (
	"os"
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users/userstest"
)

func TestNoWorkSeesAnotherUsersData(t *testing.T) { userstest.Run(t, program) }

func Example() {
	program.Execute(nil, os.Stdout, os.Stderr)
	// Output:
	// nats: a NATS consumer handles all messages of a subscription in one goroutine, each for the user who sent it
	//
	// WRONG  the consumer calls EnterWith, which the next message without a sender inherits:
	//   message of alice: the consumer saw alice
	//   message of no user: the consumer saw alice   <- should be no user
	//   message of bruno: the consumer saw bruno
	//   message of no user: the consumer saw bruno   <- should be no user
	//
	// RIGHT  each message runs in a clean context, with a store made from its header:
	//   message of alice: the consumer saw alice
	//   message of no user: the consumer saw no user
	//   message of bruno: the consumer saw bruno
	//   message of no user: the consumer saw no user
	//
	// Checked with 50 users at the same time, 100 sightings: all work saw its own user's data
}
