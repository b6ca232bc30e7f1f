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
	// zerolog: every line of a github.com/rs/zerolog logger names its user, and no call passes the user
	//
	// WRONG  the user is a field of the logger that all users share:
	//   {"level":"info","user":"alice","message":"alice pays"}
	//   {"level":"info","user":"alice","message":"alice gets a receipt"}
	//   {"level":"info","user":"alice","message":"bruno pays"}             <- should be bruno
	//   {"level":"info","user":"alice","message":"bruno gets a receipt"}   <- should be bruno
	//
	// RIGHT  a hook reads the user's store when a line is written:
	//   {"level":"info","user":"alice","message":"alice pays"}
	//   {"level":"info","user":"alice","message":"alice gets a receipt"}
	//   {"level":"info","user":"bruno","message":"bruno pays"}
	//   {"level":"info","user":"bruno","message":"bruno gets a receipt"}
	//
	// Checked with 50 users at the same time, 100 sightings: all work saw its own user's data
}
