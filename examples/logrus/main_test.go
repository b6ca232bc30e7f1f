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
	// logrus: every line of a github.com/sirupsen/logrus logger names its user, and no call passes the user
	//
	// WRONG  the user is a field of the logger that all users share:
	//   {"level":"info","message":"alice pays","user":"alice"}
	//   {"level":"info","message":"alice gets a receipt","user":"alice"}
	//   {"level":"info","message":"bruno pays","user":"alice"}             <- should be bruno
	//   {"level":"info","message":"bruno gets a receipt","user":"alice"}   <- should be bruno
	//
	// RIGHT  a hook reads the user's store when a line is written:
	//   {"level":"info","message":"alice pays","user":"alice"}
	//   {"level":"info","message":"alice gets a receipt","user":"alice"}
	//   {"level":"info","message":"bruno pays","user":"bruno"}
	//   {"level":"info","message":"bruno gets a receipt","user":"bruno"}
	//
	// Checked with 50 users at the same time, 100 sightings: all work saw its own user's data
}
