package onlytests

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als"
)

func Test(t *testing.T) { als.Go(func() {}) }
