package enterwith_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/enterwith"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

func TestFindings(t *testing.T) {
	fixture.Run(t, "../testdata", enterwith.Analyzer, "./enterwith/...")
}
