package ignore_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/ignore"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

func TestFindings(t *testing.T) {
	fixture.Run(t, "../testdata", ignore.Analyzer, "./ignore")
}
