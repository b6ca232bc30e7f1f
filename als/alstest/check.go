package alstest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/lease"
)

// patience is how long a check waits for goroutines that are about to end. It is a
// variable so that the tests of this package need not wait.
var patience = time.Second

// Main runs the tests of a package and returns the exit code. If they pass, but a
// second later goroutines still hold stores, it lists these on standard error and
// returns 1.
//
//	func TestMain(m *testing.M) { os.Exit(alstest.Main(m)) }
//
// Its hook makes als.Go allocate. It panics if m is nil.
func Main(m *testing.M) (code int) {
	if m == nil {
		panic("alstest: Main: m is nil")
	}
	defer watch()()
	if code = m.Run(); code != 0 {
		return code
	}
	if left := await(reportAll); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "alstest: the tests passed, but "+report(left))
		return 1
	}
	return 0
}

// reportAll is the decision of Main: every goroutine that holds a store fails the run.
func reportAll(map[uint64]g.Stack) func(id uint64) decision {
	return func(uint64) decision { return reported }
}

// Check fails t if, after t and its later cleanups, the test's goroutine holds more
// stores than now, or another goroutine that holds none now still holds some a second
// later. The message names the storages. Call it first.
//
// While other tests run, Check reports only goroutines that are known to descend from
// the test's own. A plain goroutine whose starter has exited may be of any test; [Main]
// reports it.
func Check(t testing.TB) {
	t.Helper()
	stop, held := watch(), async.Held(lease.Void)
	known := make(map[uint64]bool)
	for _, h := range Holders() {
		known[h.Goroutine] = true
	}
	t.Cleanup(func() {
		t.Helper()
		defer stop()
		if more := without(async.Held(lease.Void), held); len(more) > 0 {
			t.Errorf("alstest: the test leaves stores of %s on its goroutine; an EnterWith, or a Scope without End",
				strings.Join(more, ", "))
		}
		test := goroutine.ID()
		left := await(func(stacks map[uint64]g.Stack) func(id uint64) decision {
			decide := decide(test, stacks)
			return func(id uint64) decision {
				if known[id] {
					return ignored
				}
				return decide(id)
			}
		})
		if len(left) > 0 {
			t.Errorf("alstest: %s", report(left))
		}
	})
}

// without returns names without those in less. A name that is in less once is removed
// once.
func without(names, less []string) []string {
	names = slices.Clone(names)
	for _, name := range less {
		if i := slices.Index(names, name); i >= 0 {
			names = slices.Delete(names, i, i+1)
		}
	}
	return names
}

// await waits for the holders that decider does not ignore, and returns those that are to be
// reported and still hold stores after patience.
func await(decider func(stacks map[uint64]g.Stack) func(id uint64) decision) []Holder {
	for deadline, pause := time.Now().Add(patience), time.Microsecond; ; pause *= 2 {
		holders, stacks := look()
		decisionOn := decider(stacks)
		remove := func(which decision) {
			holders = slices.DeleteFunc(holders, func(h Holder) bool { return decisionOn(h.Goroutine) == which })
		}
		remove(ignored)
		if len(holders) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			remove(unclear)
			return holders
		}
		time.Sleep(min(pause, patience/10))
	}
}
