package alstest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// A fake is a test that may fail. Its end is called by the real test.
type fake struct {
	testing.TB
	cleanups []func()
	errors   []string
}

func (f *fake) Helper()           {}
func (f *fake) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }
func (f *fake) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

// end runs the cleanups, as package testing does at the end of a test.
func (f *fake) end() {
	for len(f.cleanups) > 0 {
		last := len(f.cleanups) - 1
		fn := f.cleanups[last]
		f.cleanups = f.cleanups[:last]
		fn()
	}
}

// impatient makes checks wait only a millisecond, in a test that expects a failure.
func impatient(t *testing.T) {
	was := patience
	patience = time.Millisecond
	t.Cleanup(func() { patience = was })
}

// patient makes checks wait as long as it takes, in a test that expects none to fail. On a
// loaded machine a goroutine may need more than a second for its end.
func patient(t *testing.T) {
	was := patience
	patience = time.Minute
	t.Cleanup(func() { patience = was })
}

// exited runs f in a goroutine and waits until the runtime no longer lists that.
func exited(t *testing.T, f func()) {
	var id uint64
	testkit.InGoroutine(func() { id = goroutine.ID(); f() })
	testkit.Eventually(t, "the starter has exited", func() bool { return testkit.State(id) == "" })
}

// forgotten returns a function for a goroutine that stays until the test calls end.
func forgotten() (f, end func()) {
	begun, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	f = func() {
		defer close(ended)
		close(begun)
		<-release
	}
	return f, func() {
		<-begun
		close(release)
		<-ended
	}
}
