package main

import (
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users/userstest"
)

func TestNobodySeesTheDataOfAnother(t *testing.T) { userstest.Run(t, program) }
