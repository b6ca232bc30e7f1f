package alstest

import (
	"fmt"
	"os"
	"testing"
	"time"
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
