package testkit

import (
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

// AwaitState waits until a traceback shows the goroutine in a state, such as "chan receive".
// The state is a regular expression that matches at the beginning.
//
// A goroutine that has just sent its ID need not be parked in its next operation yet.
// It may still be runnable, and on a loaded machine it often is.
func AwaitState(t testing.TB, id uint64, state string) {
	t.Helper()
	want := regexp.MustCompile("^(" + state + ")")
	Eventually(t, "goroutine "+strconv.FormatUint(id, 10)+" is in state "+state, func() bool {
		return want.MatchString(State(id))
	})
}

// State returns a goroutine's state in a traceback, such as "chan receive", and "" if the
// traceback does not list the goroutine. It reads the text itself: tests
// of package g use it, and must not trust that package.
func State(id uint64) string {
	buf := make([]byte, 1<<10*(runtime.NumGoroutine()+1))
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	// With GOTRACEBACK=system the addresses of g and m are in front of the bracket.
	header := regexp.MustCompile(`(?m)^goroutine ` + strconv.FormatUint(id, 10) + ` (?:[^[\n]+ )?\[([^]]*)\]`)
	m := header.FindSubmatch(buf[:n])
	if m == nil {
		return ""
	}
	return string(m[1])
}
