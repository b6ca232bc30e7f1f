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
	// tenantguard: a guard in the database driver refuses queries without a tenant, and fills in the caller's
	//
	// WRONG  the driver has no guard:
	//   alice asks without @tenant: invoices of alice, bruno   <- should be refused, the query does not say @tenant
	//   bruno asks without @tenant: invoices of alice, bruno   <- should be refused, the query does not say @tenant
	//
	// RIGHT  the driver has a guard, and the tenant is in a store:
	//   alice asks without @tenant: refused, the query does not say @tenant
	//   alice asks with @tenant: invoices of alice
	//   bruno asks without @tenant: refused, the query does not say @tenant
	//   bruno asks with @tenant: invoices of bruno
	//   no user asks with @tenant: refused, there is no tenant here
	//
	// Checked with 50 users at the same time, 101 sightings: all work saw its own user's data
}
