package httporder_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/httporder"
)

func TestFindings(t *testing.T) {
	analysistest.Run(t, "../testdata", httporder.Analyzer, "./httporder")
}
