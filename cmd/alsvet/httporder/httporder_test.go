package httporder_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/httporder"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

func TestFindings(t *testing.T) {
	fixture.Run(t, "../testdata", httporder.Analyzer, "./httporder")
}
