package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

// A goroutine that asks and then receives the reply works for its starter, in a loop, too.
func TestAsks(t *testing.T) {
	const asker = `type asker interface { Ask(string) chan int; Asked() chan int }
		type s struct { a asker; r remote }
		func (s *s) load(k string, n int) { c := s.a.Ask(k); s.r.Tell(n + <-c) }
		func (s *s) next(k string, n int) { c := s.a.Asked(); s.r.Tell(n + <-c) }
		`
	judged(t, withRemote(map[string]goroutine{
		"in a loop that calls it": {asker + `func (s *s) start(k string) { d := make(chan bool); go func() { for n := 0; n < 3; { s.load(k, n); n++ }; close(d) }(); <-d }`,
			serves.Starter, ""},
		"without an argument": {asker + `func (s *s) start(k string) { d := make(chan bool); go func() { for n := 0; ; { s.next(k, n); if n > 3 { break } }; close(d) }(); <-d }`,
			serves.Unclear, "receives in a loop from c"},
		"in a loop without an end": {asker + `func (s *s) start(k string) { d := make(chan bool); go func() { for n := 0; ; { s.load(k, n); if n > 3 { break } }; close(d) }(); <-d }`,
			serves.Starter, ""},
		"of one loop": {asker + `func (s *s) start(k string) { d := make(chan bool); go func() { for { c := s.a.Ask(k); if <-c == 0 { break } }; close(d) }(); <-d }`,
			serves.Starter, ""},
		"of one question for all replies": {asker + `func (s *s) start(k string) { d := make(chan bool); go func() { c := s.a.Ask(k); for { if <-c == 0 { break } }; close(d) }(); <-d }`,
			serves.Unclear, "receives in a loop from c"},
	}))
}

// A goroutine that others end, and that sends to a channel that its starter returns, may still work
// for the receiver of that channel.
func TestEndedByOthers(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"a producer": {`type s struct { stop chan struct{}; r remote }
			func (s *s) start(k string) <-chan int {
				out := make(chan int)
				go func() { defer close(out); for { n, _ := s.r.Load(k); select { case <-s.stop: return; case out <- n: } } }()
				return out
			}`,
			serves.Unclear, "runs until s.stop ends it"},
		"a loop": {`type s struct { stop chan struct{}; r remote }
			func (s *s) start(k string) { go func() { for { s.r.Load(k); select { case <-s.stop: return; default: } } }() }`,
			serves.Others, "runs until s.stop ends it"},
	}))
}

// A test of a variable that belongs to one call does not make a goroutine one for all.
func TestMarksOfOneCall(t *testing.T) {
	const server = `type s struct { r remote }
		func later(f func(int)) func(int) { return f }
		`
	judged(t, withRemote(map[string]goroutine{
		"in a literal that it calls": {server + `func (s *s) all(keys []int) {
				seen := map[int]bool{}
				one := func(k int) { if seen[k] { return }; seen[k] = true; go s.r.Tell(k) }
				for _, k := range keys { one(k) }
			}`, serves.Starter, ""},
		"in a literal that it returns": {server + `func (s *s) all() func(int) {
				seen := map[int]bool{}
				return func(k int) { if seen[k] { return }; seen[k] = true; go s.r.Tell(k) }
			}`, serves.Others, "seen[k]"},
		"of a map in a field": {`type s struct { r remote; seen map[int]bool }
			func (s *s) all(keys []int) {
				seen := map[int]bool{}
				s.seen = seen
				one := func(k int) { if seen[k] { return }; seen[k] = true; go s.r.Tell(k) }
				for _, k := range keys { one(k) }
			}`, serves.Others, "seen[k]"},
	}))
}
