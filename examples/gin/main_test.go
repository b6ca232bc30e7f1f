package main

import (
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users/userstest"
)

// There is no Example with the whole output: which *gin.Context gin reuses, if any, is
// up to a sync.Pool.
func TestNoWorkSeesAnotherUsersData(t *testing.T) { userstest.Run(t, program) }
