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
	// transaction: rows are written in the transaction of their order by functions that have no parameter for it
	//
	// WRONG  the transaction is in one variable for the whole program:
	//   transaction of alice: begin, rollback
	//   transaction of bruno: begin, bread of alice, butter of alice, bread of bruno, butter of bruno, salt of bruno, commit
	//   goroutine of the order of alice: in the transaction of bruno   <- should be in no transaction
	//   rows of alice: 2, written in the transaction of bruno          <- should be none
	//   goroutine of the order of bruno: in the transaction of bruno   <- should be in no transaction
	//   rows of bruno: 3, written in the transaction of bruno
	//
	// RIGHT  the transaction is in a store of the goroutine that began it, which none inherits:
	//   transaction of alice: begin, bread of alice, butter of alice, rollback
	//   transaction of bruno: begin, bread of bruno, butter of bruno, salt of bruno, commit
	//   goroutine of the order of alice: in no transaction
	//   rows of alice: none
	//   goroutine of the order of bruno: in no transaction
	//   rows of bruno: 3, written in the transaction of bruno
	//
	// Checked with 50 users at the same time, 100 sightings: all work saw its own user's data
}
