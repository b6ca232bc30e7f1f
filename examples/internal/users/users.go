// Package users has the users of the examples that work for many of them at once, and a
// check that no work sees another user's data.
package users

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

// User is the user that the caller works for. No function of the examples has a
// parameter for it.
var User als.Storage[string]

// NoUser is the name that work without a store sees.
const NoUser = "no user"

// Current returns the name of the user that the caller works for, or NoUser.
func Current() string {
	if name, ok := User.GetStore(); ok {
		return name
	}
	return NoUser
}

// Name returns the name of the i-th user, from 0. All names have the same length, so
// that a name that is overwritten by another looks whole.
func Name(i int) string {
	switch i {
	case 0:
		return "alice"
	case 1:
		return "bruno"
	}
	return fmt.Sprintf("u%04d", i+1)
}
