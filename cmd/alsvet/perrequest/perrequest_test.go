package perrequest_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/perrequest"
)

func TestFindings(t *testing.T) {
	fixture.Run(t, "../testdata", perrequest.Analyzer, "./perrequest")
}
