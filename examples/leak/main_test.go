package main

import (
	"os"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

func TestMain(m *testing.M) {
	if pprof.Lookup(leaks) == nil {
		println("skipped:", errNoProfile.Error())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func Example() {
	run(nil, os.Stdout, os.Stderr)
	// Output:
	// leak: the goroutine leak profile says for which user each leaked goroutine was started
	//
	// WRONG  the storage has no Label:
	//   alice: 0 leaked   <- should be 3
	//   bruno: 0 leaked   <- should be 1
	//   of no user: 4 leaked
	//
	// RIGHT  the storage has a Label:
	//   alice: 3 leaked
	//   bruno: 1 leaked
	//   of no user: 0 leaked
	//
	// NOT SEEN by the leak profile; the goroutine profile has them, by user:
	//   it waits for a channel in a package variable
	//   it waits for a channel in its own store
	//   it waits for a file or a connection
	//   it waits for a timer
	//
	// Checked: the leak profile says whose goroutines have leaked, and does not see all
}

// The check must be able to fail.
func TestTheCheckFails(t *testing.T) {
	code, _, stderr := clitest.Execute(run, "-wrong")
	assert.Equal(t, 1, code)
	assert.Subset(t, stderr, []string{"leak: problems: 6:",
		"alice: 0 leaked instead of 3",
		"bruno: 0 leaked instead of 1"})
}

// The package variable is the reason why the leak profile misses the goroutine.
func TestTheSameWithoutAPackageVariableIsSeen(t *testing.T) {
	leaked, err := added(leaks, func() error {
		return leave(waitForNothing, "waitForNothing")(labelled)
	})
	require.NoError(t, err)
	assert.EqualValues(t, 1, leaked["alice"])
}

// waitForNothing is subscribe without the package variable.
func waitForNothing() {
	c := make(chan string)
	go receive(c)
}

// A revoked store keeps nothing alive, so the profile has a goroutine that waits for a
// channel in it.
func TestAChannelInARevokedStoreIsSeen(t *testing.T) {
	inbox := als.New(als.Options[chan string]{Name: "inbox", RevokeOnEnd: true})
	leaked, err := added(leaks, func() error {
		return leave(func() { waitForRevoked(inbox) }, "waitForRevoked")(labelled)
	})
	require.NoError(t, err)
	assert.EqualValues(t, 1, leaked["alice"])
}

func waitForRevoked(inbox *als.Storage[chan string]) {
	inbox.Run(make(chan string), func() {
		waits := make(chan struct{})
		go func() {
			c := inbox.Get()
			close(waits)
			receive(c)
		}()
		<-waits
	})
}
