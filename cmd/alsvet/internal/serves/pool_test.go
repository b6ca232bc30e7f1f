package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A caller that gives a function to a pool in a field and waits for that pool waits for the function.
func TestWaitsForPool(t *testing.T) {
	for name, test := range map[string]struct {
		body  string
		waits bool
	}{
		"the same field":         {"r.tasks.Schedule(r.check); r.tasks.Wait()", true},
		"before":                 {"r.tasks.Wait(); r.tasks.Schedule(r.check)", false},
		"another field":          {"r.tasks.Schedule(r.check); r.others.Wait()", false},
		"that of another value":  {"r.tasks.Schedule(r.check); o.tasks.Wait()", false},
		"another method of it":   {"r.tasks.Schedule(r.check); r.tasks.Close()", false},
		"that of an inner value": {"r.tasks.Schedule(r.check); r.parent.tasks.Wait()", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, `package p
				type remote interface{ Check(int) error }
				type pool struct{ done chan int }
				func (p *pool) Schedule(f func()) { go f() }
				func (p *pool) Wait() error { <-p.done; return nil }
				func (p *pool) Close() error { return nil }
				type run struct{ tasks, others *pool; parent *run; r remote }
				func (r *run) check() { _ = r.r.Check(1) }
				func (r *run) all(o *run) { `+test.body+` }`)
			call := sourcetest.Find(t, actions[0], isScheduled)
			verdict := judgeCallback(t, actions[0], call)
			assert.Equal(t, test.waits, verdict.Answer == serves.Starter, verdict.Why)
			assert.Equal(t, !test.waits, verdict.Idle)
		})
	}
}

func isScheduled(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && method.Sel.Name == "Schedule"
}
