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
	// conc: tasks of all users share one goroutine of a github.com/sourcegraph/conc pool, and each knows its own user
	//
	// WRONG  tasks set the store with EnterWith, and the goroutine of the pool keeps it:
	//   alice:  task saw alice
	//   bruno:  task saw bruno
	//   no user: task saw bruno   <- should be no user
	//
	// RIGHT  tasks are bound with als.Bind, and leave nothing to the next:
	//   alice:  task saw alice
	//   bruno:  task saw bruno
	//   no user: task saw no user
	//
	// Checked with 50 users at the same time, 51 sightings: all work saw its own user's data
}
