//alsvet:ignore the goroutines of a soak begin with the stores that it says, or with none
package soak

import (
	"context"
	"iter"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
)

// A step is one kind of operation. If it is not a leaf, it runs a block of steps inside.
type step struct {
	name   string
	weight int
	leaf   bool
	do     func(g *goroutine, depth int)
}

// steps is filled by init, because steps run blocks, which choose among steps.
var steps []step

func init() {
	const leaf, node = true, false
	steps = []step{
		{"Run", 20, node, func(g *goroutine, depth int) {
			g.run(g.any(), g.id(), func() { g.block(depth) })
		}},
		{"Exit", 5, node, func(g *goroutine, depth int) {
			if s, ok := g.anyEntering(); ok {
				g.run(s, 0, func() { g.block(depth) })
			}
		}},
		{"EnterWith", 10, leaf, func(g *goroutine, _ int) {
			if s, ok := g.anyEntering(); ok {
				g.enter(s, g.id())
			}
		}},
		{"WithScope", 10, leaf, func(g *goroutine, _ int) {
			if len(g.scopes) < 8 {
				g.open(g.any(), g.id())
			}
		}},
		{"End", 10, leaf, func(g *goroutine, _ int) {
			if n := len(g.scopes); n > 0 {
				g.close(g.rng.IntN(n), g.rng.IntN(8) == 0)
			}
		}},
		{"Disable", 1, leaf, func(g *goroutine, _ int) {
			if s, ok := g.anyEntering(); ok && g.rng.IntN(20) == 0 {
				g.disablers[s].disable(g.subjects[s].(entering))
			}
		}},
		{"Snapshot", 6, node, func(g *goroutine, depth int) {
			c, captured := als.Snapshot(), g.carried()
			g.change()
			g.inContext(captured, c.Run, func() { g.block(depth) })
		}},
		{"NewContext", 3, node, func(g *goroutine, depth int) {
			ctx, captured := als.NewContext(context.Background()), g.carried()
			g.change()
			c, _ := als.FromContext(ctx)
			g.inContext(captured, c.Run, func() { g.block(depth) })
		}},
		{"zero ExecutionContext", 2, node, func(g *goroutine, depth int) {
			g.inContext(g.nothing(), als.ExecutionContext{}.Run, func() { g.block(depth) })
		}},
		{"Bind", 6, node, func(g *goroutine, depth int) {
			bound, captured := als.Bind(func(fn func()) { fn() }), g.carried()
			g.change()
			g.inContext(captured, bound, func() { g.block(depth) })
		}},
		{"BindSeq", 3, node, (*goroutine).bindSeq},
		{"AsyncResource", 4, node, (*goroutine).resource},
		{"panic", 4, node, func(g *goroutine, depth int) {
			mine := g.id()
			defer func() {
				if v := recover(); v != nil && v != mine {
					panic(v)
				}
			}()
			g.run(g.any(), g.id(), func() {
				g.block(depth)
				panic(mine)
			})
		}},
		{"pprof.Do", 3, node, func(g *goroutine, depth int) {
			pprof.Do(context.Background(), pprof.Labels("soak", "labelled"), func(context.Context) {
				g.checkAll() // pprof.Do hides the stores from go statements until the next read
				g.block(depth)
			})
		}},
		{"storage of its own", 3, node, func(g *goroutine, depth int) {
			own, id := als.New[uint64](), g.id()
			own.Run(id, func() {
				g.block(depth)
				if got, ok := own.GetStore(); !ok || got != id {
					g.fault(&g.lost, "a storage of its own: found %x, %t, want %x", got, ok, id)
				}
			})
		}},
		{"gls", 4, leaf, func(g *goroutine, _ int) { g.local.change(g) }},
		{"als.Go", 6, node, func(g *goroutine, depth int) {
			g.start(g.carried(), depth, als.Go)
		}},
		{"als.Go, waited for", 6, node, func(g *goroutine, depth int) {
			g.startAndWait(g.carried(), depth, als.Go)
		}},
		{"go", 6, node, func(g *goroutine, depth int) {
			g.start(g.inherited(), depth, func(fn func()) { go fn() })
		}},
		{"go, waited for", 4, node, func(g *goroutine, depth int) {
			g.startAndWait(g.inherited(), depth, func(fn func()) { go fn() })
		}},
		{"go in a goroutine that does not use als", 3, node, func(g *goroutine, depth int) {
			g.start(g.inherited(), depth, func(fn func()) { go func() { go fn() }() })
		}},
		{"ExecutionContext.Go", 3, node, func(g *goroutine, depth int) {
			c, captured := als.Snapshot(), g.carried()
			g.change()
			g.start(captured, depth, c.Go)
		}},
		{"AfterFunc", 3, node, func(g *goroutine, depth int) {
			d := time.Duration(g.rng.IntN(1000)) * time.Microsecond
			g.start(g.carried(), depth, func(fn func()) { als.AfterFunc(d, fn) })
		}},
		{"Outlive", 3, node, func(g *goroutine, depth int) {
			var outlives func(fn func())
			captured := g.outliving(func() { outlives = als.Outlive(func(fn func()) { fn() }) })
			g.start(captured, depth, func(fn func()) { go outlives(fn) })
		}},
		{"pool", 4, node, func(g *goroutine, depth int) {
			bound := als.Bind(func(fn func()) { fn() })
			g.start(g.carried(), depth, func(fn func()) {
				select {
				case g.tasks <- func() { bound(fn); g.table.Delete(); g.variable.Delete() }:
				default: // all workers are busy; to wait for one could deadlock
					go bound(fn)
				}
			})
		}},
		{"Goexit", 2, node, func(g *goroutine, depth int) {
			g.startAndWait(g.carried(), depth, func(fn func()) {
				als.Go(func() {
					defer fn() // deferred functions still have the stores
					runtime.Goexit()
				})
			})
		}},
		{"Goexit in a Run", 2, node, func(g *goroutine, depth int) {
			done := make(chan struct{})
			child := g.newGoroutine(g.carried())
			child.from = g.origin()
			als.Go(func() {
				defer close(done)
				defer child.finish()
				child.run(child.any(), child.id(), func() {
					child.block(depth)
					runtime.Goexit()
				})
			})
			<-done
		}},
		{"request", 2, node, (*goroutine).request},
		{"log", 3, leaf, (*goroutine).log},
	}
	for _, s := range steps {
		totalWeight += s.weight
	}
}

var totalWeight int

// block runs some random steps with reads between them.
func (g *goroutine) block(depth int) {
	scopes := len(g.scopes)
	for range 1 + g.rng.IntN(5) {
		n := g.rng.IntN(totalWeight)
		for _, s := range steps {
			if n -= s.weight; n < 0 {
				g.note(s.name)
				if depth > 0 || s.leaf {
					s.do(g, depth-1)
				}
				break
			}
		}
		if g.rng.IntN(4) == 0 {
			g.checkAll()
		} else {
			g.check(g.any())
		}
	}
	// Some scopes stay open: the end of a Run, a context or the goroutine ends them.
	if g.rng.IntN(4) > 0 {
		g.endScopes(min(scopes, len(g.scopes)))
	}
}

func (g *goroutine) any() int { return g.rng.IntN(len(g.subjects)) }

func (g *goroutine) anyEntering() (s int, ok bool) {
	s = g.any()
	_, ok = g.subjects[s].(entering)
	return s, ok
}

func (g *goroutine) nothing() []*grant { return make([]*grant, len(g.subjects)) }

// carried returns the stores that als.Go, Bind and Snapshot capture.
func (g *goroutine) carried() []*grant { return g.capture(g.subjects, als.InheritExplicit) }

// inherited returns the stores that a plain go statement carries.
func (g *goroutine) inherited() []*grant {
	if g.inherit {
		return g.capture(g.subjects, als.InheritAlways)
	}
	return g.nothing()
}

// change changes a store after a capture. The capture must not change.
func (g *goroutine) change() {
	if s, ok := g.anyEntering(); ok && g.rng.IntN(2) == 0 {
		g.enter(s, g.id())
	}
}

// start starts a detached goroutine, if there are not too many.
func (g *goroutine) start(captured []*grant, depth int, start func(fn func())) {
	if !g.enlist() {
		return
	}
	child := g.newGoroutine(captured)
	child.from = g.origin()
	start(func() {
		defer g.discharge()
		child.body(depth)
	})
}

func (g *goroutine) startAndWait(captured []*grant, depth int, start func(fn func())) {
	done := make(chan struct{})
	child := g.newGoroutine(captured)
	child.from = g.origin()
	start(func() {
		defer close(done)
		child.body(depth)
	})
	<-done
}

// bindSeq ranges over a bound sequence. The sequence runs in the context of the BindSeq
// call, the body of the loop in that of the goroutine.
func (g *goroutine) bindSeq(depth int) {
	captured := g.carried()
	inner := newAccount(captured)
	var own account
	var seq iter.Seq[int] = als.BindSeq(func(yield func(int) bool) {
		own, g.account = g.account, inner
		back := func() { inner, g.account = g.account, own }
		defer func() { inner.begin(); g.account = own }()
		for i := range 3 {
			g.block(0)
			back()
			more := yield(i)
			own, g.account = g.account, inner
			if !more {
				return
			}
		}
	})
	g.change()
	stop := g.rng.IntN(4)
	defer func() { inner.end() }()
	for i := range seq {
		g.block(depth)
		if i == stop {
			break
		}
	}
}

// resource runs a function in an AsyncResource, here and on another goroutine.
func (g *goroutine) resource(depth int) {
	r, captured := hooks.NewAsyncResource("SOAK"), g.carried()
	g.change()
	before := hooks.ExecutionAsyncID()
	g.inContext(captured, r.RunInAsyncScope, func() {
		if id := hooks.ExecutionAsyncID(); id != r.AsyncID() {
			g.fault(&g.wrong, "async ID %d inside resource %d", id, r.AsyncID())
		}
		g.block(depth)
	})
	if id := hooks.ExecutionAsyncID(); id != before {
		g.fault(&g.wrong, "async ID %d after a resource, want %d", id, before)
	}
	if g.rng.IntN(2) == 0 {
		g.start(captured, depth, func(fn func()) { go r.RunInAsyncScope(fn) })
		return
	}
	if g.rng.IntN(2) == 0 {
		if r.EmitDestroy() != nil || r.EmitDestroy() != hooks.ErrDestroyed {
			g.fault(&g.wrong, "EmitDestroy of a new resource failed, or did so twice")
		}
	}
}
