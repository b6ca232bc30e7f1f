package als_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A program is a list of steps that a few goroutines take with a few storages, one at a
// time. Any bytes are a program, and so is any part of one, as fuzzing and minimising need:
// the numbers in a step are taken modulo the number of things that there are.
type program struct {
	shape byte // which of the storages it uses
	steps []step
}

// A step is one operation of one goroutine.
type step struct {
	op   byte // index of ops, modulo
	who  byte // which goroutine: mostly the one of the step before
	what byte // which storage, scope, snapshot or bound function
	how  byte // the rest
}

func decode(data []byte) program {
	var p program
	if len(data) > 0 {
		p.shape = data[0]
		data = data[1:]
	}
	for ; len(data) >= 4; data = data[4:] {
		p.steps = append(p.steps, step{data[0], data[1], data[2], data[3]})
	}
	return p
}

func (p program) encode() []byte {
	data := []byte{p.shape}
	for _, s := range p.steps {
		data = append(data, s.op, s.who, s.what, s.how)
	}
	return data
}

// randomProgram returns the program of a seed.
func randomProgram(seed uint64) program {
	r := rand.New(rand.NewPCG(seed, 0))
	data := make([]byte, 1+4*(10+r.IntN(110)))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return decode(data)
}

// choose returns the numbers of the storages that a program uses. Storages with adjacent
// numbers have adjacent cells; those a power of two apart have the same home.
func (p program) choose(n int) []int {
	var chosen []int
	add := func(first, step, count int) {
		for i := range count {
			if s := (first + i*step) % n; !slices.Contains(chosen, s) {
				chosen = append(chosen, s)
			}
		}
	}
	first := int(p.shape >> 3)
	switch p.shape % 8 {
	case 0:
		add(first, 1, 1)
	case 1:
		add(first, 1, 2)
		add(n-2, 1, 1) // the ambient context
	case 2:
		add(first, 1, 1)
		add(n-2, 1, 2) // the ambient context and the default storage
		add(first+1, 1, 14)
	case 3:
		add(first, 4, 18)
	case 4:
		add(first, 8, 10)
		add(first+1, 8, 2)
	case 5:
		add(first, 16, 6)
		add(first+1, 16, 6)
	case 6:
		add(first, 32, 3)
		add(first+1, 4, 9)
	case 7:
		add(first, 7, 30)
	}
	return chosen
}

// The limits of a program, so that it stays short enough to be understood.
const (
	maxGoroutines = 5
	maxDepth      = 12
	maxSaved      = 6 // snapshots, bound functions, and bound sequences
)

// A machine runs a program on the storages and on the model, and compares the two after
// every step. Only one goroutine runs at a time, the one that has received the last
// message, so every run of a program does the same. That message is called the token.
type machine struct {
	steps    []step
	subjects []subject
	model    modelStorages

	live      []*worker
	current   *worker // has the token
	created   int     // goroutines so far
	stores    int     // stores so far
	scopes    []*openScope
	snapshots []snapshot
	bound     []bound
	sequences []sequence
	ended     chan struct{} // closed by the last worker

	ambient  int  // which subject is the ambient context, noStore if none is
	labelled bool // there are storages with a label

	stopTracing func() // nil while losses are not traced
	session     int    // how often losses have been traced so far

	events events // of package hooks, nil without the tag

	failure string
	verbose bool
	log     strings.Builder // of the steps, if verbose
}

type openScope struct {
	owner  *worker
	layer  *modelLayer
	end    func()
	number int
	lease  *modelLease // of LeaseContext, else nil
}

type snapshot struct {
	als.ExecutionContext
	stores []*modelStore
}

type bound struct {
	call   func(arg int) (wrong string)
	typ    string
	stores []*modelStore
}

// A sequence is a bound sequence of yieldAll.
type sequence struct {
	iter.Seq[int]
	stores []*modelStore
}

// runProgram runs a program. It returns the first failure, "" if there is none, and with
// verbose a log of the steps.
func runProgram(p program, set *subjectSet, verbose bool) (failure, log string) {
	m := &machine{steps: p.steps, verbose: verbose, ended: make(chan struct{}), ambient: noStore, labelled: set.labelled}
	chosen := p.choose(len(set.subjects))
	for _, s := range chosen {
		m.subjects = append(m.subjects, set.subjects[s])
	}
	m.model = make(modelStorages, len(chosen))
	for i, s := range m.subjects {
		m.model[i].revokes, m.model[i].inherit = s.revokes(), s.inherits()
		m.model[i].labelled = s.label(1) != ""
		if _, is := s.(ambientSubject); is {
			m.ambient = i
		}
	}
	m.snapshots = []snapshot{{}} // the zero ExecutionContext
	if newEvents != nil {
		m.events = newEvents(m)
	}
	w := m.newWorker(nil)
	m.current = w
	w.inbox <- message{}
	go w.main()
	<-m.ended
	if m.stopTracing != nil {
		m.stopTracing()
	}
	if m.events != nil {
		m.events.stop()
	}
	return m.failure, m.log.String()
}

// events are the events of package hooks, which a build tag adds to the programs.
type events interface {
	// start calls start, which is als.Go or ExecutionContext.Go with the new worker w,
	// and waits for the last event of its start.
	start(creator, w *worker, start func())
	// end is called at the end of a worker's function. It reports whether an event of
	// the goroutine's end will pass on the token.
	end(w *worker) bool
	// compare compares the events so far.
	compare(when string)
	stop()
}

var newEvents func(*machine) events

// subjectSet are the storages that programs choose from.
type subjectSet struct {
	subjects []subject
	labelled bool // some have a label
}

func newSubjectSet(labelled bool) *subjectSet {
	set := &subjectSet{newSubjects(4*len(kinds), labelled), labelled}
	set.subjects = append(set.subjects, ambientSubject{},
		&standardSubject{subjectOf[any]{Storage: als.Default(), make: ifaceOf, is: ifaceIs}})
	return set
}

// A worker is one goroutine of a program.
type worker struct {
	*machine
	number int
	model  *modelGoroutine
	inbox  chan message // room for one
	depth  int          // of calls that have not ended
	body   func()       // of the function that the worker is about to call
	loops  []*loop      // in whose bodies the worker is, the innermost last
	labels workerLabels
	losses workerLosses

	id uint64 // the goroutine's, once it runs
}

// A message is the token, or with compared a request to compare.
type message struct {
	compared chan struct{}
	step     *step // the first to do, if the sender took one for the receiver
}

func (m *machine) newWorker(captured []*modelStore) *worker {
	w := &worker{machine: m, number: m.created, model: newModelGoroutine(m.model, captured)}
	w.inbox = make(chan message, 1)
	m.created++
	m.live = append(m.live, w)
	return w
}

// main is the function of a worker's goroutine.
func (w *worker) main() {
	defer w.finish()
	first := w.receive()
	w.id = goroutine.ID()
	w.compare("at its start")
	w.goOn(first.step)
}

// receive waits for the token.
func (w *worker) receive() message {
	for {
		msg := <-w.inbox
		if msg.compared == nil {
			w.current = w
			return msg
		}
		w.compare("looked at by another goroutine")
		msg.compared <- struct{}{}
	}
}

// goOn does steps until one ends the innermost call. It begins with first, unless that is
// nil.
func (w *worker) goOn(first *step) {
	for s := first; ; s = w.next() {
		if s != nil && w.do(*s) {
			return
		}
		if s == nil && w.stopped() {
			return
		}
	}
}

func (m *machine) stopped() bool { return m.failure != "" || len(m.steps) == 0 }

// next returns the next step of the worker, nil if there is none any more. Other
// workers may get the token and return it meanwhile.
func (w *worker) next() *step {
	if w.stopped() {
		return nil
	}
	s := &w.steps[0]
	w.steps = w.steps[1:]
	to := w
	if s.who >= 176 {
		to = w.live[int(s.who)%len(w.live)]
	}
	if to == w {
		return s
	}
	to.inbox <- message{step: s}
	return w.receive().step
}

// finish runs at the end of a worker's goroutine, also by panic or Goexit.
func (w *worker) finish() {
	if v := recover(); v != nil {
		if _, planned := v.(unwinding); !planned {
			w.fail("panic: %v\n%s", v, debug.Stack())
		}
	}
	w.logf("ends")
	w.compare("at its end")
	// Whether the end of a goroutine revokes the store of an open scope is not specified,
	// so end all of them.
	for _, s := range w.scopes {
		if s.owner == w && s.layer.life != nil {
			s.end()
			w.model.leave(s.layer)
		}
	}
	w.compare("at its end, with scopes ended")
	w.live = slices.DeleteFunc(w.live, func(l *worker) bool { return l == w })
	if w.events == nil || !w.events.end(w) {
		w.passOn()
	}
}

// passOn passes the token of a worker that has ended to another.
func (w *worker) passOn() {
	if len(w.live) == 0 {
		close(w.machine.ended)
		return
	}
	w.live[0].inbox <- message{}
}

func (m *machine) fail(format string, args ...any) {
	if m.failure == "" {
		m.failure = fmt.Sprintf(format, args...)
		m.logf("FAILURE: %s", m.failure)
	}
}

func (m *machine) logf(format string, args ...any) {
	if !m.verbose {
		return
	}
	number, depth := 0, 0
	if m.current != nil {
		number, depth = m.current.number, m.current.depth
	}
	fmt.Fprintf(&m.log, "goroutine %d  %s", number, strings.Repeat("    ", depth))
	fmt.Fprintf(&m.log, format+"\n", args...)
}

// compare compares the stores with those of the model, in the current goroutine.
func (w *worker) compare(when string) {
	if w.failure != "" {
		return
	}
	for i, s := range w.subjects {
		id := noStore
		if st := w.model.get(i); st != nil {
			id = st.id
		}
		if wrong := s.compare(id); wrong != "" {
			w.fail("goroutine %d, %s: storage %d (%v): %s", w.number, when, i, s, wrong)
			return
		}
	}
	w.compareLabels(when)
	if w.events != nil {
		w.events.compare(when)
	}
}

// compareAll compares in all goroutines.
func (w *worker) compareAll() {
	compared := make(chan struct{})
	for _, o := range w.live {
		if o != w {
			o.inbox <- message{compared: compared}
			<-compared
		}
	}
	w.compare("after a look at the others")
}

// unwinding is the value of the programs' panics.
type unwinding struct{}

// call makes a call in which the worker goes on with the program until a step ends it.
// around is the function of als under test; inside it, enter enters the layer in the model.
func (w *worker) call(what string, recovers bool, around func(body func()), enter func() *modelLayer) {
	if w.depth == maxDepth {
		return
	}
	w.logf("%s {", what)
	var entered *modelLayer
	w.depth++
	func() {
		if recovers {
			defer func() {
				if v := recover(); v != nil {
					if _, planned := v.(unwinding); !planned {
						panic(v)
					}
					w.logf("recovered")
				}
			}()
		}
		defer func() {
			w.depth--
			w.logf("}")
			if entered != nil {
				w.model.leave(entered)
			}
			w.compare("after " + what)
		}()
		around(func() {
			entered = enter()
			w.compare("in " + what)
			w.goOn(w.next())
		})
	}()
}

// do does one step. It reports whether it ends the innermost call.
func (w *worker) do(s step) (ends bool) {
	op := ops[int(s.op)%len(ops)]
	ends = op(w, s)
	if !ends {
		w.compare("after the step")
		if inheriting && s.how%2 == 0 {
			w.compareInChild()
		}
	}
	return ends
}

// compareInChild compares in a new goroutine of a plain go statement, which inherits the
// stores that the worker's labels carry.
func (w *worker) compareInChild() {
	if w.failure != "" {
		return
	}
	child := newModelGoroutine(w.machine.model, w.model.capturePlainly())
	testkit.InGoroutine(func() {
		for i, s := range w.subjects {
			id := noStore
			if st := child.get(i); st != nil {
				id = st.id
			}
			if wrong := s.compare(id); wrong != "" {
				w.fail("a child of goroutine %d: storage %d (%v): %s", w.number, i, s, wrong)
				return
			}
		}
	})
}

// storage returns the number of a step's storage. Half of the time it is one of the first
// three.
func (w *worker) storage(s step) int {
	n := len(w.subjects)
	if s.what < 128 {
		n = min(n, 3)
	}
	return int(s.what) % n
}

// store returns a new store for a storage.
func (w *worker) store(s step) int {
	if s.how%16 == 15 {
		return zeroStore
	}
	w.stores++
	return w.stores
}

// An op is a kind of step. It reports whether it ends the innermost call.
type op func(w *worker, s step) (ends bool)

// ops has every op as many times as steps should choose it, of some 256.
var ops []op

// moreOps has those of files with a build tag.
var moreOps []op

func init() { // not an initialiser: the steps refer to it
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

// bindings bind functions of many types, which run the body of the current worker.
var bindings = []func(*machine) bound{
	func(m *machine) bound {
		f := als.Bind(func() { m.current.body() })
		return bound{typ: "func()", call: func(int) string { f(); return "" }}
	},
	binding(func(m *machine) func() error {
		return func() error { m.current.body(); return (*thing)(nil) }
	}, func(f func() error, arg int) bool { return f() == error((*thing)(nil)) }),
	binding(func(m *machine) func(int) int {
		return func(n int) int { m.current.body(); return ^n }
	}, func(f func(int) int, arg int) bool { return f(arg) == ^arg }),
	binding(func(m *machine) func(string) string {
		return func(s string) string { m.current.body(); return s + "!" }
	}, func(f func(string) string, arg int) bool { return f(textOf(arg)) == textOf(arg)+"!" }),
	binding(func(m *machine) func(*thing) *thing {
		return func(x *thing) *thing { m.current.body(); return x }
	}, func(f func(*thing) *thing, arg int) bool { return f(newThing(arg)).is(arg) }),
	binding(func(m *machine) func(any, *thing) {
		return func(a any, x *thing) {
			if !ifaceIs(a, x.id) || !x.is(x.id) {
				m.fail("a bound function gets %v and %v", a, x)
			}
			m.current.body()
		}
	}, func(f func(any, *thing), arg int) bool { f(ifaceOf(arg+1), newThing(arg+1)); return true }),
	binding(func(m *machine) func(context.Context, string) error {
		return func(ctx context.Context, s string) error {
			m.current.body()
			return errors.New(ctx.Value(ambientID{}).(string) + s)
		}
	}, func(f func(context.Context, string) error, arg int) bool {
		ctx := context.WithValue(context.Background(), ambientID{}, textOf(arg))
		return f(ctx, "?").Error() == textOf(arg)+"?"
	}),
	binding(func(m *machine) func(string, ...int) (int, error) {
		return func(s string, n ...int) (int, error) {
			m.current.body()
			return len(s) + len(n) + n[1], nil
		}
	}, func(f func(string, ...int) (int, error), arg int) bool {
		n, err := f("ab", 1, arg)
		return n == 4+arg && err == nil
	}),
	binding(func(m *machine) func([8]uint64, float64) (float64, []byte) {
		return func(a [8]uint64, f float64) (float64, []byte) {
			m.current.body()
			return f + float64(a[7]), []byte{byte(a[0])}
		}
	}, func(f func([8]uint64, float64) (float64, []byte), arg int) bool {
		sum, b := f([8]uint64{0: uint64(arg), 7: 2}, float64(arg))
		return sum == float64(arg)+2 && b[0] == byte(arg)
	}),
	binding(func(m *machine) handler {
		return func(a any, x *thing) { m.current.body() }
	}, func(f handler, arg int) bool { f(nil, nil); return true }),
	binding(func(m *machine) func(numberAndPointer) numberAndPointer {
		return m.method
	}, func(f func(numberAndPointer) numberAndPointer, arg int) bool {
		got := f(numberAndPointer{arg, newThing(arg)})
		return got.n == arg+1 && got.p.is(arg)
	}),
}

type handler func(any, *thing)

func (m *machine) method(x numberAndPointer) numberAndPointer {
	m.current.body()
	x.n++
	return x
}

// binding returns a binding for functions of type F. check calls the bound function and
// reports whether its arguments and results are right.
func binding[F any](make func(*machine) F, check func(f F, arg int) bool) func(*machine) bound {
	return func(m *machine) bound {
		f := als.Bind(make(m))
		return bound{typ: fmt.Sprintf("%T", f), call: func(arg int) string {
			if !check(f, arg) {
				return "arguments or results are wrong"
			}
			return ""
		}}
	}
}
