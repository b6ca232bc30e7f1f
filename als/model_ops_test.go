package als_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// An op is a kind of step. It reports whether it ends the innermost call.
type op func(w *worker, s step) (ends bool)

// ops has every op as many times as steps should choose it, of some 256.
var ops []op

// moreOps has those of files with a build tag.
var moreOps []op

func init() { // not an initializer: the steps refer to it
	ops = slices.Concat(
		times(20, opRun),
		times(3, opRunFunc),
		times(2, opRunFunc2),
		times(22, opEnterWith),
		times(9, opExit),
		times(1, opExitFunc),
		times(1, opExitFunc2),
		times(22, opWithScope),
		times(6, opLease),
		times(30, opEnd),
		times(4, opEndElsewhere),
		times(8, opGo),
		times(4, opPlainGo),
		times(5, opBind),
		times(3, opOutlive),
		times(10, opCall),
		times(6, opBindSeq),
		times(12, opRange),
		times(14, opYield),
		times(11, opSnapshot),
		times(9, opRunSnapshot),
		times(5, opDisable),
		times(32, opReturn),
		times(7, opPanic),
		times(2, opGoexit),
		times(3, opDeep),
		times(7, opCompareAll),
		times(1, opMust),
		times(1, opGC),
		times(4, opTraceLoss),
		times(4, opLosses),
		times(3, opLabelsDo),
		times(3, opSetLabels),
		moreOps,
	)
}

func times(n int, o op) []op { return slices.Repeat([]op{o}, n) }

func opRun(w *worker, s step) bool      { return w.run(s, "Run", subject.run) }
func opRunFunc(w *worker, s step) bool  { return w.run(s, "RunFunc", subject.runFunc) }
func opRunFunc2(w *worker, s step) bool { return w.run(s, "RunFunc2", subject.runFunc2) }

func (w *worker) run(s step, name string, run func(s subject, id int, fn func())) bool {
	i, id := w.storage(s), w.store(s)
	w.call(fmt.Sprintf("storage %d: %s(%d)", i, name, id), s.how%4 == 0,
		func(body func()) { run(w.subjects[i], id, body) },
		func() *modelLayer { return w.model.enter(i, id, false) })
	return false
}

func opExit(w *worker, s step) bool      { return w.exit(s, "Exit", subject.exit) }
func opExitFunc(w *worker, s step) bool  { return w.exit(s, "ExitFunc", subject.exitFunc) }
func opExitFunc2(w *worker, s step) bool { return w.exit(s, "ExitFunc2", subject.exitFunc2) }

func (w *worker) exit(s step, name string, exit func(s subject, fn func())) bool {
	i := w.storage(s)
	if _, ambient := w.subjects[i].(ambientSubject); ambient {
		return false
	}
	w.call(fmt.Sprintf("storage %d: %s()", i, name), s.how%4 == 0,
		func(body func()) { exit(w.subjects[i], body) },
		func() *modelLayer { return w.model.enter(i, noStore, false) })
	return false
}

func opEnterWith(w *worker, s step) bool {
	i := w.storage(s)
	if _, ambient := w.subjects[i].(ambientSubject); ambient {
		return false
	}
	id := w.store(s)
	w.logf("storage %d: EnterWith(%d)", i, id)
	w.subjects[i].enterWith(id)
	w.model.enterWith(i, id)
	return false
}

func opWithScope(w *worker, s step) bool {
	i := w.storage(s)
	id := w.store(s)
	scope := &openScope{owner: w, end: w.subjects[i].withScope(id), number: len(w.scopes)}
	scope.layer = w.model.enter(i, id, true)
	w.scopes = append(w.scopes, scope)
	w.logf("storage %d: scope %d = WithScope(%d)", i, scope.number, id)
	return false
}

// opLease makes a context the ambient one until its lease ends.
func opLease(w *worker, s step) bool {
	if w.ambient == noStore {
		return false
	}
	w.stores++
	id := w.stores
	lease := als.LeaseContext(ambientOf(id))
	scope := &openScope{owner: w, end: lease.End, number: len(w.scopes), lease: w.model.lease(w.ambient, id)}
	scope.layer = scope.lease.scope
	w.scopes = append(w.scopes, scope)
	w.logf("scope %d = LeaseContext(%d)", scope.number, id)
	return false
}

// opEnd ends a scope of this goroutine, mostly one that is still open.
func opEnd(w *worker, s step) bool {
	var mine []*openScope
	for _, scope := range w.scopes {
		if scope.owner == w && (s.how < 80 || w.model.open(scope.layer)) {
			mine = append(mine, scope)
		}
	}
	if len(mine) == 0 {
		return false
	}
	scope := mine[len(mine)-1-int(s.how/2)%len(mine)]
	w.logf("scope %d: End()", scope.number)
	scope.end()
	if scope.lease != nil {
		scope.lease.ended = true
		w.model.closeScope(scope.lease)
	} else {
		w.model.leave(scope.layer)
	}
	if scope.layer.life != nil || scope.lease != nil {
		w.compareAll()
	}
	return false
}

// opEndElsewhere calls End of another goroutine's scope, which panics where the stores
// cannot be revoked.
func opEndElsewhere(w *worker, s step) bool {
	if len(w.scopes) == 0 {
		return false
	}
	scope := w.scopes[int(s.what)%len(w.scopes)]
	if scope.owner == w {
		return false
	}
	w.logf("scope %d: End() by another goroutine", scope.number)
	var want any = "als: Scope.End: called on another goroutine than WithScope"
	if scope.layer.life != nil {
		want = nil
		scope.owner.model.leaveElsewhere(scope.layer)
	}
	if scope.lease != nil {
		want = nil
		scope.lease.ended = true
	}
	if got := testkit.Caught(scope.end); got != want {
		w.fail("End on another goroutine panics with %v", got)
	}
	w.compareAll()
	return false
}

// opGo starts a goroutine with the stores of the caller or of a snapshot.
func opGo(w *worker, s step) bool {
	if len(w.live) == maxGoroutines {
		return false
	}
	snap := w.snapshots[int(s.what)%len(w.snapshots)]
	started := func(what string, stores []*modelStore) *worker {
		w.logf("%s: goroutine %d", what, w.created)
		return w.newWorker(stores)
	}
	switch s.how % 4 {
	case 0:
		als.AfterFunc(0, started("AfterFunc", w.model.capture()).main)
	case 1:
		child := started(fmt.Sprintf("Go in snapshot %d", int(s.what)%len(w.snapshots)), snap.stores)
		child.labels.user = w.labels.user
		w.start(child, snap.Go)
	default:
		child := started("Go", w.model.capture())
		child.labels.user = w.labels.user
		w.start(child, als.Go)
	}
	return false
}

func (w *worker) start(child *worker, start func(func())) {
	if w.events == nil {
		start(child.main)
	} else {
		w.events.start(w, child, func() { start(child.main) })
	}
}

// opPlainGo starts a goroutine with a go statement, which carries stores only with
// inheritance.
func opPlainGo(w *worker, s step) bool {
	if len(w.live) == maxGoroutines {
		return false
	}
	w.logf("go: goroutine %d", w.created)
	var stores []*modelStore
	if inheriting {
		stores = w.model.capturePlainly()
	}
	child := w.newWorker(stores)
	child.labels.user = w.labels.user
	child.loseAt(w)
	go child.main()
	return false
}

func opSnapshot(w *worker, s step) bool {
	snap := snapshot{stores: w.model.capture()}
	what := "Snapshot()"
	if s.how%4 != 0 {
		snap.ExecutionContext = als.Snapshot()
	} else {
		what = "NewContext()"
		ctx, cancel := context.WithCancelCause(als.NewContext(context.Background()))
		defer cancel(errors.New("no longer needed"))
		c, ok := als.FromContext(ctx)
		if !ok {
			w.fail("FromContext finds nothing")
		}
		snap.ExecutionContext = c
	}
	if snap.IsZero() {
		for i := range w.subjects {
			if w.model.get(i) != nil && snap.stores[i] != nil {
				w.fail("a snapshot with a store of storage %d is said to have none", i)
			}
		}
	}
	w.logf("snapshot %d = %s", save(&w.snapshots, snap, s), what)
	return false
}

// save appends x to a list, or replaces an element if that is full, and returns the index.
func save[T any](list *[]T, x T, s step) int {
	if len(*list) < maxSaved {
		*list = append(*list, x)
		return len(*list) - 1
	}
	at := int(s.what) % maxSaved
	(*list)[at] = x
	return at
}

func opRunSnapshot(w *worker, s step) bool {
	i := int(s.what) % len(w.snapshots)
	snap := w.snapshots[i]
	w.call(fmt.Sprintf("snapshot %d: Run()", i), s.how%4 == 0, snap.Run,
		func() *modelLayer { return w.model.enterAll(snap.stores) })
	return false
}

func opBind(w *worker, s step) bool {
	b := bindings[int(s.how)%len(bindings)](w.machine)
	b.stores = w.model.capture()
	w.logf("bound %d = Bind(%s)", save(&w.bound, b, s), b.typ)
	return false
}

// opOutlive binds a function with Outlive: only Disable ends its stores.
func opOutlive(w *worker, s step) bool {
	m := w.machine
	b := bound{typ: "Outlive func()", stores: w.model.outliving(w.ambient)}
	if s.how%2 == 0 {
		f := als.Outlive(func() { m.current.body() })
		b.call = func(int) string { f(); return "" }
	} else {
		f := als.Outlive(func(i int, f float64) float64 { m.current.body(); return float64(i) + f })
		b.call = func(arg int) string {
			if f(arg, 0.5) != float64(arg)+0.5 {
				return "the result is wrong"
			}
			return ""
		}
	}
	w.logf("bound %d = Outlive()", save(&w.bound, b, s))
	return false
}

func opCall(w *worker, s step) bool {
	if len(w.bound) == 0 {
		return false
	}
	i := int(s.what) % len(w.bound)
	b := w.bound[i]
	w.call(fmt.Sprintf("bound %d (%s): call", i, b.typ), s.how%4 == 0,
		func(body func()) {
			w.body = body
			if wrong := b.call(int(s.how)); wrong != "" {
				w.fail("bound %s: %s", b.typ, wrong)
			}
		},
		func() *modelLayer { return w.model.enterAll(b.stores) })
	return false
}

func opBindSeq(w *worker, s step) bool {
	seq := sequence{stores: w.model.capture()}
	if s.how%2 == 0 {
		seq.Seq = als.BindSeq(w.machine.yieldAll)
	} else {
		pairs := als.BindSeq2(func(yield func(int, string) bool) {
			w.machine.yieldAll(func(i int) bool { return yield(i, textOf(i)) })
		})
		seq.Seq = func(yield func(int) bool) {
			pairs(func(i int, text string) bool {
				if text != textOf(i) {
					w.machine.fail("a bound sequence yields %d, %s", i, text)
				}
				return yield(i)
			})
		}
	}
	w.logf("sequence %d = BindSeq()", save(&w.sequences, seq, s))
	return false
}

// yieldAll is the function of every sequence. Its goroutine goes on with the program,
// in which opYield calls yield.
func (m *machine) yieldAll(yield func(int) bool) {
	w := m.current
	w.loops[len(w.loops)-1].yield = yield
	w.body()
}

// A loop ranges over a bound sequence.
type loop struct {
	layer *modelLayer // of the sequence
	yield func(int) bool
}

// opRange calls the sequence, not a range statement: that panics if a panic in its body
// is recovered, as steps do.
func opRange(w *worker, s step) bool {
	if len(w.sequences) == 0 {
		return false
	}
	i := int(s.what) % len(w.sequences)
	seq, l := w.sequences[i], new(loop)
	outside := w.loops
	defer func() { w.loops = outside }()
	w.call(fmt.Sprintf("range over sequence %d", i), s.how%4 == 0,
		func(body func()) {
			w.loops, w.body = append(slices.Clip(outside), l), body
			seq.Seq(func(n int) bool { return w.inBody(l, n) })
		},
		func() *modelLayer {
			l.layer = w.model.enterAll(seq.stores)
			return l.layer
		})
	return false
}

// inBody is the body of a loop, on the goroutine of the loop.
func (w *worker) inBody(l *loop, n int) (more bool) {
	restore := w.model.setAside(l.layer)
	inside := w.loops
	w.loops = inside[:slices.Index(inside, l)]
	defer func() {
		w.loops = inside
		restore()
	}()
	w.body()
	if n%4 == 0 {
		w.logf("break")
		return false
	}
	return true
}

// opYield makes a sequence that the worker is in yield: mostly the innermost.
func opYield(w *worker, s step) bool {
	if len(w.loops) == 0 {
		return false
	}
	l := w.loops[len(w.loops)-1-int(s.what/64)%len(w.loops)]
	if l.yield == nil {
		return false
	}
	more := true
	w.call("yield", s.how%4 == 1,
		func(body func()) {
			w.body = body
			more = l.yield(int(s.how))
		},
		func() *modelLayer { return nil })
	if !more {
		l.yield = nil
	}
	return !more && s.how%2 == 0
}

func opDisable(w *worker, s step) bool {
	i := w.storage(s)
	if _, ambient := w.subjects[i].(ambientSubject); ambient {
		return false
	}
	w.logf("storage %d: Disable()", i)
	w.subjects[i].disable()
	w.machine.model.disable(i)
	w.compareAll()
	return false
}

func opReturn(w *worker, s step) bool {
	return w.depth > 0 || w.number > 0 && s.how%4 == 0
}

func opPanic(w *worker, s step) bool {
	if w.depth > 0 {
		w.logf("panic")
		panic(unwinding{})
	}
	return false
}

func opGoexit(w *worker, s step) bool {
	if w.number > 0 || s.how%4 == 0 {
		w.logf("Goexit")
		runtime.Goexit()
	}
	return false
}

// opDeep goes on far down the stack, so that the runtime moves it.
func opDeep(w *worker, s step) bool {
	w.call("deep recursion", s.how%4 == 0,
		func(body func()) { deepCall(int(s.how), body) },
		func() *modelLayer { return nil })
	return false
}

//go:noinline
func deepCall(n int, fn func()) (sum byte) {
	var frame [512]byte
	frame[n] = 1
	if n == 0 {
		fn()
	} else {
		sum = deepCall(n-1, fn)
	}
	for _, b := range frame {
		sum += b
	}
	return sum
}

func opCompareAll(w *worker, s step) bool {
	w.compareAll()
	return false
}

// opMust calls Must of the storages without a store.
func opMust(w *worker, _ step) bool {
	for i, s := range w.subjects {
		if w.model.get(i) != nil {
			continue
		}
		if wrong := s.comparePanic(); wrong != "" {
			w.fail("goroutine %d: storage %d (%v): %s", w.number, i, s, wrong)
		}
	}
	return false
}

func opGC(w *worker, s step) bool {
	if s.how%4 == 0 {
		w.logf("GC")
		runtime.GC()
	}
	return false
}
