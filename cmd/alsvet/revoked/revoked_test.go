package revoked_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/revoked"
)

func TestFindings(t *testing.T) {
	fixture.Run(t, "../testdata", revoked.Analyzer, "./revoked")
}
