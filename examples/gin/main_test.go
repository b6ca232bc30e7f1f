package main

import (
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users/userstest"
)

// There is no Example with the whole output, because a sync.Pool decides which
// *gin.Context gin reuses.
func TestNoWorkSeesAnotherUsersData(t *testing.T) { userstest.Run(t, program) }
