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
	// zap: every line of a go.uber.org/zap logger names its user, and no call passes the user
	//
	// WRONG  the user is a field of the logger that all users share:
	//   {"message":"alice pays","user":"alice"}
	//   {"message":"alice gets a receipt","user":"alice"}
	//   {"message":"bruno pays","user":"alice"}             <- should be bruno
	//   {"message":"bruno gets a receipt","user":"alice"}   <- should be bruno
	//
	// RIGHT  a zapcore.Core reads the user's store when it writes a line:
	//   {"message":"alice pays","user":"alice"}
	//   {"message":"alice gets a receipt","user":"alice"}
	//   {"message":"bruno pays","user":"bruno"}
	//   {"message":"bruno gets a receipt","user":"bruno"}
	//
	// Checked with 50 users at the same time, 100 sightings: all work saw its own user's data
}
