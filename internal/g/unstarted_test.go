package g

import (
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

type waiter struct{ begun, end chan struct{} }

func (w waiter) wait() {
	close(w.begun)
	<-w.end
}

func waitFor(w waiter, _ ...int) { w.wait() }

// A goroutine is reported as unstarted before its first instruction, whatever its go
// statement looks like, and not afterwards.
func TestUnstarted(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	stackOf := func(of func(s Stack) bool) (found Stack) {
		for s := range Stacks(Traceback()) {
			if of(s) {
				found = s
			}
		}
		return found
	}
	for name, start := range map[string]func(w waiter){
		"closure":   func(w waiter) { go func() { w.wait() }() },
		"method":    func(w waiter) { go w.wait() },
		"value":     func(w waiter) { f := w.wait; go f() },
		"arguments": func(w waiter) { go waitFor(w, 1, 2) },
	} {
		t.Run(name, func(t *testing.T) {
			var s Stack
			testkit.Eventually(t, "it is seen before it runs", func() bool {
				w := waiter{make(chan struct{}), make(chan struct{})}
				defer close(w.end)
				before := make(map[uint64]bool)
				for s := range Stacks(Traceback()) {
					before[s.ID] = true
				}
				start(w)
				s = stackOf(func(s Stack) bool { return !before[s.ID] && s.Unstarted })
				<-w.begun
				again := stackOf(func(other Stack) bool { return other.ID == s.ID })
				return assert.False(t, again.Unstarted, again.Text) && s.ID != 0
			})
			assert.NotZero(t, s.Creator.Function)
			assert.NotZero(t, s.CreatorID)
		})
	}
	assert.False(t, stackOf(func(s Stack) bool { return s.ID == ownID() }).Unstarted)
}

func TestUnstartedInATraceback(t *testing.T) {
	for text, want := range map[string]bool{
		"goroutine 7 [runnable]:\nmain.plain()\n\t/src/main.go:17\ncreated by main.main in goroutine 1\n\t/src/main.go:28 +0x105":                                   true,
		"goroutine 7 [runnable labels:{\"k\": \"v\"}]:\nmain.plain()\n\t/src/main.go:17\ncreated by main.main in goroutine 1\n\t/src/main.go:28 +0x105":             true,
		"goroutine 7 [runnable]:\nmain.f.gowrap1()\n\t/src/main.go:17\nruntime.goexit({})\n\t/go/asm.s:1 +0x1\ncreated by main.f in goroutine 1\n\t/main.go:2 +0x1": true,
		"goroutine 7 [runnable]:\nmain.plain()\n\t/src/main.go:17 fp=0x1 sp=0x2 pc=0x3\ncreated by main.main in goroutine 1\n\t/src/main.go:28 +0x105":              true,
		"goroutine 7 [runnable]:\nmain.plain()\n\t/src/main.go:17 +0x1\ncreated by main.main in goroutine 1\n\t/src/main.go:28 +0x105":                              false,
		"goroutine 7 [select]:\nmain.plain()\n\t/src/main.go:17\ncreated by main.main in goroutine 1\n\t/src/main.go:28 +0x105":                                     false,
	} {
		for s := range Stacks([]byte(text)) {
			assert.Equal(t, want, s.Unstarted, text)
			assert.Equal(t, "/src/main.go:17", s.Frames[0].Place)
		}
	}
}
