package perrequest_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/perrequest"
)

func TestFindings(t *testing.T) {
	analysistest.Run(t, "../testdata", perrequest.Analyzer, "./perrequest")
}
