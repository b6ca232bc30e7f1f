package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

const watcher = `type logger interface { Infof(string, ...any) }
	type s struct { in chan int; r remote; log logger }
	func (s *s) loop() { for n := range s.in { s.r.Tell(n) } }
	`

// A goroutine that only starts loops for all does not work for its starter.
func TestOnlyStarts(t *testing.T) {
	idles(t, map[string]idleCase{
		"a loop for all": {watcher + `func (s *s) start(n int) { go func() { s.log.Infof("start %d", n); go s.loop() }() }`, serves.Unclear, true},
		"in a function that it calls": {watcher + `func (s *s) start(n int) { go func() { _ = s.run(n) }() }
			func (s *s) run(n int) error { s.log.Infof("start %d", n); go s.loop(); return nil }`, serves.Unclear, true},
		"and works": {watcher + `func (s *s) start(n int) { go func() { s.r.Tell(n); go s.loop() }() }`, serves.Starter, false},
		"and works in a function that it calls": {watcher + `func (s *s) start(n int) { go func() { s.run(n) }() }
			func (s *s) run(n int) { s.r.Tell(n); go s.loop() }`, serves.Starter, false},
		"one for its starter":                 {watcher + `func (s *s) start(n int) { go func() { go s.r.Tell(n) }() }`, serves.Starter, false},
		"one that may work for its starter":   {watcher + `func (s *s) start(n int) { go func() { go func() { for { s.r.Tell(n); if _, err := s.r.Load(""); err == nil { return } } }() }() }`, serves.Starter, false},
		"one for all and one for its starter": {watcher + `func (s *s) start(n int) { go func() { go s.loop(); go s.r.Tell(n) }() }`, serves.Starter, false},
	})
}
