package als_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A program is a list of steps that a few goroutines take with a few storages, one at a
// time. Any bytes are a program, and so is any part of one, as fuzzing and minimizing need:
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

// call makes a call in which the worker goes on with the program until a step ends the
// call. around is the function of als under test. In its body, enter enters the layer in
// the model.
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
