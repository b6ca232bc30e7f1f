package httporder_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/httporder"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

const testdata = "../testdata"

func TestFindings(t *testing.T) {
	fixture.Run(t, testdata, httporder.Analyzer, "./httporder")
}

// With als/inherit the goroutine of a TimeoutHandler has the stores.
func TestInherit(t *testing.T) {
	fixture.Run(t, testdata+"/inherit", httporder.Analyzer, "./timeout")
}
