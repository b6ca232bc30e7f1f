package alstest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// patience is how long a check waits for goroutines that are about to end. It is a
// variable so that the tests of this package need not wait.
var patience = time.Second

// Main runs the tests of a package and returns the code to exit with. If they pass,
// but after a second there are goroutines that still hold stores, it says so on
// standard error and returns 1.
//
//	func TestMain(m *testing.M) { os.Exit(alstest.Main(m)) }
//
// The hook with which it watches makes als.Go allocate. It panics if m is nil.
func Main(m *testing.M) (code int) {
	if m == nil {
		panic("alstest: Main: m is nil")
	}
	defer watch()()
	if code = m.Run(); code != 0 {
		return code
	}
	if left := await(nil); left != nil {
		fmt.Fprintln(os.Stderr, "alstest: the tests passed, but "+report(left))
		return 1
	}
	return 0
}

// Check has the calling test fail if, when it has ended and its later cleanups are
// done, it holds more stores than now, or a goroutine that held none now still holds
// some after a second. Call it first. It cannot tell the goroutines of tests that run
// at the same time from its own: in a parallel test leave it to [Main].
func Check(t testing.TB) {
	t.Helper()
	stop, held := watch(), async.Held()
	known := make(map[uint64]bool)
	for _, h := range Holders() {
		known[h.Goroutine] = true
	}
	t.Cleanup(func() {
		t.Helper()
		defer stop()
		if n := async.Held(); n > held {
			t.Errorf("alstest: the test leaves %d stores on its goroutine; an EnterWith, or a Scope without End", n-held)
		}
		if left := await(known); left != nil {
			t.Errorf("alstest: %s", report(left))
		}
	})
}

// await returns the holders that are not known and are still there when patience is
// at its end.
func await(known map[uint64]bool) []Holder {
	for deadline, pause := time.Now().Add(patience), time.Microsecond; ; pause *= 2 {
		var left []Holder
		for _, h := range Holders() {
			if !known[h.Goroutine] {
				left = append(left, h)
			}
		}
		if left == nil || time.Now().After(deadline) {
			return left
		}
		time.Sleep(min(pause, patience/10))
	}
}
