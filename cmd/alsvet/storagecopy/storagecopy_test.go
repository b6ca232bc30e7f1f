package storagecopy_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/storagecopy"
)

func TestFindings(t *testing.T) {
	fixture.Run(t, "../testdata", storagecopy.Analyzer, "./storagecopy")
}
