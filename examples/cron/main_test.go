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
	// cron: jobs of github.com/robfig/cron know the user who scheduled them, at each of their runs
	//
	// WRONG  the jobs run in goroutines of the scheduler, which have no stores:
	//   job of alice: its runs saw no user, no user, no user   <- should be alice
	//   job of bruno: its runs saw no user, no user, no user   <- should be bruno
	//
	// RIGHT  the jobs are bound with als.Bind, and leave nothing to their next run:
	//   job of alice: its runs saw alice, alice, alice
	//   job of bruno: its runs saw bruno, bruno, bruno
	//
	// Checked with 50 users at the same time, 150 sightings: all work saw its own user's data
}
