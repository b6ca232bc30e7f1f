package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// judgeTimer judges the callback of the first timer of a package.
func judgeTimer(t *testing.T, source string) serves.Verdict {
	t.Helper()
	action := sourcetest.Run(t, serves.Analyzer, "package p\n\nimport \"time\"\n"+source)[0]
	call := sourcetest.Find(t, action, func(n *ast.CallExpr) bool { return len(n.Args) == 2 })
	return judgeCallback(t, action, call)
}

// The callbacks of timers.
func TestTimers(t *testing.T) {
	for name, g := range map[string]goroutine{
		"fires once": {`func (p *pipe) start() { p.timer = time.AfterFunc(1, func() { step() }) }`, serves.Starter, ""},
		"sets itself again": {`func (p *pipe) start() { p.timer = time.AfterFunc(1, func() { step(); p.timer.Reset(1) }) }`,
			serves.Others, "sets its timer again"},
		"sets another": {`func (p *pipe) start() { p.timer = time.AfterFunc(1, func() { p.other.Reset(1) }) }`, serves.Starter, ""},
		"that of its value": {`func (p *pipe) start() { p.timer = time.AfterFunc(1, p.expire) }
			func (p *pipe) expire() { step() }`, serves.Unclear, "kept in p.timer"},
		"that the next call stops": {`func (p *pipe) start(n int) {
				if p.timer != nil { p.timer.Stop() }
				p.timer = time.AfterFunc(1, func() { step(); _ = n }) }`, serves.Unclear, "the next call stops the timer in p.timer"},
		"that the next call stops by another name": {`func (p *pipe) start(n int) {
				if t := p.timer; t != nil { t.Stop() }
				p.timer = time.AfterFunc(1, func() { step(); _ = n }) }`, serves.Unclear, "the next call stops the timer in p.timer"},
		"an element that the next call stops": {`func (p *pipe) start(n int, timers map[int]*time.Timer) {
				if t, ok := timers[n]; ok { t.Stop() }
				timers[n] = time.AfterFunc(1, func() { step(); _ = n }) }`, serves.Unclear, "the next call stops the timer in timers[n]"},
		"in a variable around a literal": {`func debounce() func(int) {
				var t *time.Timer
				return func(n int) {
					if t != nil { t.Stop() }
					t = time.AfterFunc(1, func() { step(); _ = n })
				}
			}`, serves.Unclear, "the next call stops the timer in t"},
		"in a variable of the call": {`func (p *pipe) start(n int) {
				t := time.AfterFunc(1, func() { step(); _ = n })
				defer t.Stop()
			}`, serves.Starter, ""},
		"that a call stops of another value": {`func (p *pipe) start(n int, q *pipe) {
				q.timer.Stop()
				p.timer = time.AfterFunc(1, func() { step(); _ = n }) }`, serves.Starter, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judgeTimer(t, "type pipe struct{ timer, other *time.Timer }\nfunc step() {}\n"+g.source)
			assert.Equal(t, g.answer, verdict.Answer, verdict.Why)
			assert.Contains(t, verdict.Why, g.why)
		})
	}
}

// A timer in a field belongs to the value that has the field, unless its function is given something
// of the call, or runs what callers have put into a list.
func TestTimersOfValues(t *testing.T) {
	for name, test := range map[string]idleCase{
		"a method": {`func (s *s) set() { s.timer = time.AfterFunc(1, s.expire) }
			func (s *s) expire() { s.r.Tell(1); s.onExpire() }`, serves.Unclear, true},
		"a literal": {`func (s *s) set() { s.timer = time.AfterFunc(1, func() { s.r.Tell(1); s.onExpire() }) }`, serves.Unclear, true},
		"of a value that is returned": {`func open() *s {
				s := &s{}
				s.timer = time.AfterFunc(1, s.expire)
				return s
			}
			func (s *s) expire() { s.r.Tell(1); s.onExpire() }`, serves.Unclear, true},
		"given a parameter": {`func (s *s) set(n int) { s.timer = time.AfterFunc(1, func() { s.r.Tell(n); s.onExpire() }) }`,
			serves.Unclear, false},
		"in a variable": {`func (s *s) set() *time.Timer {
				timer := time.AfterFunc(1, func() { s.r.Tell(1); s.onExpire() })
				return timer
			}`, serves.Unclear, false},
		"takes functions out of a queue": {`func (s *s) set() { s.timer = time.AfterFunc(1, s.flush) }
			func (s *s) flush() { for len(s.queue) > 0 { f := s.queue[0]; s.queue = s.queue[1:]; f() } }`, serves.Others, false},
		"runs a list of functions": {`func (s *s) set() { s.timer = time.AfterFunc(1, s.flush) }
			func (s *s) flush() { for _, f := range s.queue { f() } }`, serves.Unclear, false},
		"runs a copied list by index": {`func (s *s) set() { s.timer = time.AfterFunc(1, s.flush) }
			func (s *s) flush() { list := append([]func(){}, s.queue...); for i := range list { list[i]() } }`, serves.Unclear, false},
		"runs a list of jobs": {`type job struct{ run func() }
			type batch struct{ timer *time.Timer; jobs []*job }
			func (b *batch) set() { b.timer = time.AfterFunc(1, b.flush) }
			func (b *batch) add(run func()) { b.jobs = append(b.jobs, &job{run}) }
			func (b *batch) flush() { for _, job := range b.jobs { job.run() } }`, serves.Unclear, false},
		"tells functions in a list far below that something has ended": {`func (s *s) set() { s.timer = time.AfterFunc(1, s.expire) }
			func (s *s) expire() { s.close() }
			func (s *s) close() { s.tell() }
			func (s *s) tell() { for _, f := range s.queue { f() } }`, serves.Unclear, true},
		"runs a list of functions in the next function": {`func (s *s) set() { s.timer = time.AfterFunc(1, s.expire) }
			func (s *s) expire() { s.flush() }
			func (s *s) flush() { for _, f := range s.queue { f() } }`, serves.Unclear, false},
		"of a request that calls a remote": {`type request struct{ timer *time.Timer; r remote; id int }
			func (q *request) set() { q.timer = time.AfterFunc(1, q.expire) }
			func (q *request) expire() { q.r.Tell(q.id) }`, serves.Unclear, false},
		"ends a call": {`type call struct{ timer *time.Timer; done func(error) }
			func newCall(done func(error)) *call { return &call{done: done} }
			func (c *call) set() { c.timer = time.AfterFunc(1, c.expire) }
			func (c *call) expire() { c.done(nil) }`, serves.Unclear, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judgeTimer(t, remote+`type s struct{ timer *time.Timer; r remote; queue []func(); onExpire func() }
				func (s *s) OnExpire(f func()) { s.onExpire = f }
				`+test.source)
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
			assert.Equal(t, test.idle, verdict.Idle, verdict.Why)
		})
	}
}

// A timer that sets itself again works for a value, unless it tries the work of its caller again or runs
// what callers have put into a list.
func TestTimersThatSetThemselvesAgain(t *testing.T) {
	for name, test := range map[string]idleCase{
		"not kept": {`func (s *s) Refresh() { s.r.Tell(1); s.onExpire(); time.AfterFunc(1, s.Refresh) }`, serves.Others, true},
		"by a variable": {`var after = time.AfterFunc
			func (s *s) Refresh() { s.r.Tell(1); s.onExpire(); after(1, s.Refresh) }`, serves.Others, true},
		"in a table": {`func (s *s) Set(id int) { s.timers[id] = time.AfterFunc(1, s.Refresh) }
			func (s *s) Refresh() { s.onExpire(); s.Set(1) }`, serves.Others, true},
		"runs a registered function": {`func (s *s) Refresh() { s.found.fn(); time.AfterFunc(1, s.Refresh) }`, serves.Others, true},
		"tells functions in a list far below": {`func (s *s) Refresh() { s.r.Tell(1); s.close(); time.AfterFunc(1, s.Refresh) }
			func (s *s) close() { s.tell() }
			func (s *s) tell() { for _, f := range s.queue { f() } }`, serves.Others, true},
		"flushes a batch": {`func (s *s) Flush() {
				for _, f := range s.queue { f() }
				s.queue = nil
				time.AfterFunc(1, s.Flush)
			}`, serves.Others, false},
		"runs what its caller has submitted": {`func Every(f func()) {
				t := &task{f: f}
				time.AfterFunc(1, t.tick)
			}
			type task struct{ f func() }
			func (t *task) tick() { t.f(); time.AfterFunc(1, t.tick) }`, serves.Others, false},
		"tries a function of its caller again": {`func (s *s) Retry(f func() error) {
				if f() != nil { time.AfterFunc(1, func() { s.Retry(f) }) }
			}`, serves.Others, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judgeTimer(t, remote+`type item struct{ fn func() }
				type s struct{ timers map[int]*time.Timer; r remote; queue []func(); onExpire func(); found item }
				func (s *s) OnExpire(f func()) { s.onExpire = f }
				func (s *s) find(f func()) { s.found = item{f} }
				func (s *s) add(f func()) { s.queue[0] = f }
				`+test.source)
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
			assert.Equal(t, test.idle, verdict.Idle, verdict.Why)
		})
	}
}
