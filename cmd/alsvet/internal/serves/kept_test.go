package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

// A literal that runs when its function has returned works for its own callers. A parameter of that
// function works for them, too, if it is given something of their call.
func TestKeptLiteral(t *testing.T) {
	const why = "which another caller may have given to"
	judged(t, map[string]goroutine{
		"a throttle": {`import ("sync/atomic"; "time")
			func throttle(most int32, d time.Duration, dropped func(int32)) func() bool {
				n := int32(0)
				start := func(d time.Duration) {
					go func() {
						time.Sleep(d)
						count := atomic.SwapInt32(&n, 0)
						dropped(count - most)
					}()
				}
				return func() bool {
					tries := atomic.AddInt32(&n, 1)
					if tries == 1 { start(d) }
					return tries > most
				}
			}`, serves.Unclear, "it calls dropped, " + why + " throttle"},
		"without arguments": {`func f(work func()) func() { return func() { go work() } }`, serves.Unclear, why},
		"in a field": {`type s struct { start func() }
			func (s *s) set(n int, work func(int)) { s.start = func() { go work(n) } }`, serves.Unclear, why},
		"the next handler": {`func f(next func(string)) func(string) { return func(r string) { go next(r) } }`, serves.Starter, ""},
		"the next handler, in a literal": {`func f(next func(string)) func(string) {
				return func(r string) { go func() { text := r + "!"; next(text) }() } }`, serves.Starter, ""},
		"the next handler, by a function": {`func call(next func(string), text string) { next(text) }
			func f(next func(string)) func(string) { return func(r string) { go call(next, r) } }`, serves.Starter, ""},
		"made for the call": {`type event struct { name string }
			func f(next func(event)) func(string) { return func(r string) { e := event{}; e.name = r; go next(e) } }`, serves.Starter, ""},
		"a batch": {`func batch(work func([]string)) func(string) { var all []string
			return func(s string) { all = append(all, s); if len(all) > 9 { list := all; all = nil; go work(list) } } }`, serves.Unclear, why + " batch"},
		"a promise": {`type promise struct { then []func(int) }
			func (p *promise) Then(f func(int)) { p.then = append(p.then, func(n int) { go f(n) }) }`, serves.Unclear, why + " Then"},
		"a table of replies": {`type client struct { replies map[string]func(int) }
			func (c *client) Do(id string, f func(int)) { c.replies[id] = func(n int) { go func() { f(n) }() } }`, serves.Unclear, why + " Do"},
		"waited for": {`func f(work func()) func() { return func() {
			done := make(chan bool); go func() { work(); close(done) }(); <-done } }`, serves.Starter, ""},
		"of the literal itself": {`func f() func(func()) { return func(work func()) { go work() } }`, serves.Starter, ""},
		"at once":               {`func f(work func()) { start := func() { go work() }; start() }`, serves.Starter, ""},
	})
}
