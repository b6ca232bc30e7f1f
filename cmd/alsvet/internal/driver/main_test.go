package driver

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// TestMain makes the test binary a tool of go vet: the driver calls go vet with the
// program that it is part of.
func TestMain(m *testing.M) {
	if last := os.Args[len(os.Args)-1]; strings.HasSuffix(last, ".cfg") || last == "-V=full" || last == "-flags" {
		unitchecker.Main(suite.Analyzers()...)
	}
	os.Exit(m.Run())
}
