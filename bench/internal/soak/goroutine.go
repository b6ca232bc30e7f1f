//alsvet:ignore the goroutines of a soak begin with the stores that it says, or with none
package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"

	"github.com/seed-1938943e/goroutine/als"
)

// A goroutine runs random operations and checks what it reads.
type goroutine struct {
	*world
	account
	rng    *rand.Rand
	serial uint64
	from   *origin
	ids    uint64   // number of IDs that it has made
	scopes []*scope // the open ones
	trail  []string // its last operations
	steps  uint64
	local  locals
	kept   bool // the goroutine goes on afterwards, in a pool or for a connection
}

// An origin says which goroutine started another, and when. The serial seeds the random
// numbers, so each ancestor does the same again with the soak's seed.
type origin struct {
	serial, steps uint64
	after         string
	from          *origin // of the starter
}

// origin returns the origin of a goroutine that g starts now.
func (g *goroutine) origin() *origin {
	return &origin{g.serial, g.steps, g.trail[len(g.trail)-1], g.from}
}

// String lists the ancestors, the nearest first.
func (o *origin) String() string {
	if o == nil {
		return ""
	}
	return fmt.Sprintf(", started after step %d, %s, of goroutine %d%v", o.steps, o.after, o.serial, o.from)
}

// A scope is an open scope of a storage, in the stack of the context in which it was
// opened.
type scope struct {
	of    int // index of the storage
	stack *stack
	frame *frame
	end   func()
}

// newGoroutine returns a goroutine that starts with captured stores. It must be called
// before the goroutine starts, because the serial number seeds the random numbers.
func (w *world) newGoroutine(captured []*grant) *goroutine {
	n := w.goroutines.Add(1)
	return &goroutine{world: w, account: newAccount(captured), serial: n, rng: rand.New(rand.NewPCG(w.Seed, n))}
}

// body runs the goroutine from its start to its end.
func (g *goroutine) body(depth int) {
	defer g.finish()
	g.checkAll()
	g.block(depth)
}

// finish ends the goroutine's scopes. It does not delete most stores that were set.
func (g *goroutine) finish() {
	g.endScopes(0)
	g.checkAll()
	g.local.clear(g)
	g.operations.Add(int64(g.steps))
}

// id returns a number for a store, unique in the soak.
func (g *goroutine) id() uint64 {
	g.ids++
	return g.serial<<24 | g.ids<<1 | g.rng.Uint64()&1
}

// note records an operation for the report of a fault.
func (g *goroutine) note(op string) {
	g.steps++
	g.trail = append(g.trail[max(0, len(g.trail)-11):], op)
}

// check reads the current store of one storage.
func (g *goroutine) check(s int) { g.checkBy(s, "", g.subjects[s].get) }

// checkBy reads the current store of one storage by get.
func (g *goroutine) checkBy(s int, way string, get func() (id uint64, ok bool)) {
	sub, want := g.subjects[s], g.grant(s)
	var id uint64
	var ok bool
	verdict := g.judge(s, want, func() { id, ok = get() })
	g.steps++
	switch {
	case ok && (want == nil || id != want.id || verdict == absent):
		g.fault(&g.wrong, "%s%s: found store %x, want %s", sub, way, id, describe(want, verdict))
	case !ok && verdict == present:
		g.fault(&g.lost, "%s%s: found no store, want %s", sub, way, describe(want, verdict))
	}
}

func describe(want *grant, v verdict) string {
	switch {
	case want == nil:
		return "none"
	case v == absent:
		return fmt.Sprintf("none, because store %x has ended", want.id)
	}
	return fmt.Sprintf("store %x", want.id)
}

func (g *goroutine) checkAll() {
	for s := range g.subjects {
		g.check(s)
	}
	g.local.check(g)
}

func (g *goroutine) fault(count *atomic.Int64, format string, args ...any) {
	g.report(count, fmt.Sprintf("goroutine %d%v: %s; after %s", g.serial, g.from, fmt.Sprintf(format, args...), strings.Join(g.trail, ", ")))
}

// run runs fn in a Run, or with id 0 in an Exit, of one storage.
func (g *goroutine) run(s int, id uint64, fn func()) {
	sub, stack := g.subjects[s], g.stacks[s]
	f := &frame{}
	body := func() {
		defer func() {
			for _, f := range stack.above(f) {
				f.life.begin()
			}
		}()
		fn()
	}
	defer stack.cut(f)
	if id == 0 {
		sub.(entering).exit(func() { stack.push(f); body() })
		return
	}
	if sub.revokes() {
		f.life = new(life)
	}
	done := g.disablers[s].done.Load()
	sub.run(id, func() {
		f.grant = &grant{id: id, life: f.life, set: epochs{done, g.disablers[s].begun.Load()}}
		stack.push(f)
		body()
	})
}

// open opens a scope.
func (g *goroutine) open(s int, id uint64) {
	sub := g.subjects[s]
	f := &frame{scope: true}
	var end func()
	f.grant = g.put(s, id, func() { end = sub.scope(id) })
	if sub.revokes() {
		f.life = new(life)
		f.grant.life = f.life
	}
	g.stacks[s].push(f)
	g.scopes = append(g.scopes, &scope{s, g.stacks[s], f, end})
}

// close ends the i-th of the open scopes. If elsewhere is set it does so on another
// goroutine, which only a scope with RevokeOnEnd allows.
func (g *goroutine) close(i int, elsewhere bool) {
	sc := g.scopes[i]
	g.scopes = append(g.scopes[:i], g.scopes[i+1:]...)
	f := sc.frame
	f.life.begin()
	if elsewhere && f.life != nil {
		done := make(chan struct{})
		go func() { defer close(done); sc.end() }()
		<-done
		sc.stack.remove(f)
		g.check(sc.of) // without a read here, plain go statements would still carry the ended store
		return
	}
	sc.end()
	sc.stack.remove(f)
}

// endScopes ends the open scopes but the first n, in any order.
func (g *goroutine) endScopes(n int) {
	for len(g.scopes) > n {
		g.close(n+g.rng.IntN(len(g.scopes)-n), g.rng.IntN(8) == 0)
	}
}

// enter replaces the current store. In a storage with RevokeOnEnd the new store is
// revoked with the scope that it is in. Outside scopes it is revoked with the replaced
// store, if that has not ended.
func (g *goroutine) enter(s int, id uint64) {
	sub, top := g.subjects[s], g.stacks[s].top()
	var made *grant
	verdict := g.judge(s, top.grant, func() {
		made = g.put(s, id, func() { sub.(entering).enter(id) })
	})
	if sub.revokes() {
		switch {
		case top.scope:
			made.life = top.life
		case verdict == absent:
			made.life = new(life)
		default:
			made.life, made.doubtful = top.grant.life, verdict == either
		}
	}
	top.grant = made
}

// inContext runs fn by call, which enters a context with captured stores.
func (g *goroutine) inContext(captured []*grant, call func(fn func()), fn func()) {
	outer := g.account
	inner := newAccount(captured)
	defer func() {
		inner.end()
		g.account = outer
	}()
	call(func() {
		g.account = inner
		defer inner.begin()
		fn()
	})
}

// outliving returns the stores that Outlive, called by capture, captures.
func (g *goroutine) outliving(capture func()) []*grant {
	captured := g.capture(g.subjects, als.InheritExplicit)
	verdicts := make([]verdict, len(captured))
	judged := capture
	for s, was := range captured {
		if was == nil || was.life == nil {
			continue
		}
		inner := judged
		judged = func() { verdicts[s] = g.judge(s, was, inner) }
	}
	judged()
	for s, was := range captured {
		if was == nil || was.life == nil {
			continue
		}
		captured[s] = nil
		if verdicts[s] != absent {
			captured[s] = &grant{id: was.id, life: new(life), set: was.set, doubtful: was.doubtful || verdicts[s] == either}
		}
	}
	return captured
}
