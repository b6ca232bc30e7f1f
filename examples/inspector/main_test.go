package main

import (
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

func TestMain(m *testing.M) {
	b := newBank()
	server := httptest.NewServer(newShop(b, true))
	empty, err := read(server.URL, "")
	server.Close()
	if err == nil && (empty.Module.Race || !empty.Module.ReadsG) {
		println("skipped:", errNoLabels.Error())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func Example() {
	run(nil, os.Stdout, os.Stderr)
	// Output:
	// inspector: a page of the running program says which request a goroutine works for
	//
	// RIGHT  which request has which goroutines:
	//   r-41: 2 goroutines
	//   r-42: 3 goroutines
	//   r-43: 2 goroutines
	//
	// RIGHT  what the goroutines of r-42 do:
	//   goroutine: chan receive
	//   goroutine: chan receive
	//   goroutine: chan receive
	//
	// RIGHT  goroutines that still hold the store of a request that has ended:
	//   1 goroutines
	//
	// The page: it names the request of each goroutine, and the goroutine left behind
}

// The check must be able to fail.
func TestTheCheckFails(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = 200 * time.Millisecond
	code, _, stderr := clitest.Execute(run, "-unlabelled")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "r-42: 0 goroutines instead of 3")
}

func TestAnAddressThatCannotBeUsed(t *testing.T) {
	code, _, stderr := clitest.Execute(run, "-listen", "no such address")
	assert.Equal(t, 1, code)
	assert.NotEmpty(t, stderr)
}
