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
	// testclock: IDs and time are fixed for the order that is under test, and for no other
	//
	// WRONG  the source of IDs and the clock are variables, which a test replaces:
	//   alice, an order under test: ID 0001 and the time 04:05:06
	//   bruno, an order: ID 0001 and the time 04:05:06   <- should be a random ID and the current time
	//
	// RIGHT  they are stores, which a test sets for the work that it runs:
	//   alice, an order under test: ID 0001 and the time 04:05:06
	//   bruno, an order: a random ID and the current time
	//
	// Checked with 50 users at the same time, 50 sightings: all work saw its own user's data
}
