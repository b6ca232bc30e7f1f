package linear

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/seed-1938943e/goroutine/gls"
	"github.com/seed-1938943e/goroutine/internal/g"
)

// A subject is gls.Table, or a broken one.
type subject interface {
	Load() *int
	Store(*int)
	Delete()
	Len() int
	All() iter.Seq2[uint64, *int]
}

// A shape is the size of a history.
type shape struct {
	waves, goroutines, ops int
	idle                   int // goroutines that hold values all the time: the table grows beyond them
}

// play runs random programs on a subject and returns their history. A wave of goroutines
// starts when the one before has ended, so that most run on reused gs.
func play(s subject, shape shape, seed uint64) (history []porcupine.Operation, counts []count) {
	c := new(clock)
	var logs []*log
	newLog := func() *log {
		l := &log{clock: c, client: len(logs)}
		logs = append(logs, l)
		return l
	}
	leave := make(chan struct{})
	var idle sync.WaitGroup
	idling := make(chan struct{})
	for range shape.idle {
		l := newLog()
		idle.Add(1)
		go func() {
			defer idle.Done()
			_, id := g.Self()
			set(s, l, id, rand.New(rand.NewPCG(seed, uint64(l.client))))
			idling <- struct{}{}
			<-leave
			get(s, l, id)
			l.ops = append(l.ops, porcupine.Operation{ClientId: l.client, Input: input{key: id, kind: end}, Call: l.tick(), Output: none, Return: never})
		}()
		if l.client%8 == 7 {
			for range 8 {
				<-idling
			}
		}
	}
	for range shape.idle % 8 {
		<-idling
	}

	observers := [2]*log{newLog(), newLog()}
	for wave := range shape.waves {
		var done sync.WaitGroup
		names := make(chan name, shape.goroutines)
		for range shape.goroutines {
			l := newLog()
			done.Add(1)
			go func() {
				defer done.Done()
				names <- live(s, l, rand.New(rand.NewPCG(seed, uint64(l.client))), shape.ops)
			}()
		}
		for _, l := range observers {
			done.Add(1)
			go func() {
				defer done.Done()
				look(s, l)
				runtime.Gosched()
				look(s, l)
			}()
		}
		if wave%2 == 0 {
			runtime.GC() // a sweep follows, among the goroutines' work
		}
		done.Wait()
		close(names)
		if wave%2 == 1 {
			recordEnds(names, c)
		}
	}
	close(leave)
	idle.Wait()

	for _, l := range logs {
		history = append(history, l.ops...)
		counts = append(counts, l.counts...)
	}
	return complete(history), counts
}

// A name identifies a goroutine. Its end is the last operation of its log.
type name struct {
	g  uintptr
	id uint64
	l  *log
}

// live runs the program of one goroutine.
func live(s subject, l *log, r *rand.Rand, ops int) name {
	gp, id := g.Self()
	get(s, l, id)
	for range r.IntN(ops) + 1 {
		switch r.IntN(8) {
		case 0:
			l.record(input{key: id, kind: remove}, func() int { s.Delete(); return none })
		case 1, 2, 3:
			set(s, l, id, r)
		case 4:
			runtime.Gosched()
		default:
			get(s, l, id)
		}
	}
	l.ops = append(l.ops, porcupine.Operation{ClientId: l.client, Input: input{key: id, kind: end}, Call: l.tick(), Output: none, Return: never})
	return name{gp, id, l}
}

func get(s subject, l *log, id uint64) {
	l.record(input{key: id, kind: load}, func() int { return value(s.Load()) })
}

func set(s subject, l *log, id uint64, r *rand.Rand) {
	v := 1 + r.IntN(1<<30)
	l.record(input{key: id, kind: store, v: v}, func() int { s.Store(&v); return none })
}

func value(p *int) int {
	if p == nil {
		return none
	}
	return *p
}

// recordEnds waits until the goroutines are dead and records that time as the return of their
// ends. A goroutine exits some time after its last operation, so its return is not known
// earlier.
func recordEnds(names <-chan name, c *clock) {
	for n := range names {
		for new(g.Census).Alive(n.g, n.id) {
			runtime.Gosched()
		}
		n.l.ops[len(n.l.ops)-1].Return = c.tick()
	}
}

// look records a range over the table and then a call of Len.
func look(s subject, l *log) {
	call := l.tick()
	first := len(l.ops)
	for id, v := range s.All() {
		l.ops = append(l.ops, porcupine.Operation{ClientId: l.client, Input: input{key: id, kind: yield}, Call: call, Output: value(v)})
	}
	ret := l.tick()
	for i := range l.ops[first:] {
		l.ops[first+i].Return = ret
	}
	l.ops = append(l.ops, porcupine.Operation{ClientId: l.client, Input: input{kind: yield}, Call: call, Output: none, Return: ret})
	call = l.tick()
	n := s.Len()
	l.counts = append(l.counts, count{call, l.tick(), n})
}

// complete adds a read of an empty register for each goroutine that a range did not
// yield. The operations of key 0, which look adds, say when the range ran. It leaves out
// registers that were not in use then, which fit any history.
func complete(history []porcupine.Operation) []porcupine.Operation {
	type at struct {
		client int
		call   int64
	}
	var all []porcupine.Operation
	seen := make(map[at]map[uint64]bool)
	type life struct{ from, to int64 }
	lives := make(map[uint64]life)
	for _, op := range history {
		in := op.Input.(input)
		if in.key != 0 {
			all = append(all, op)
			l, ok := lives[in.key]
			if !ok || op.Call < l.from {
				l.from = op.Call
			}
			l.to = max(l.to, op.Return)
			lives[in.key] = l
		}
		if in.kind == yield {
			when := at{op.ClientId, op.Call}
			if seen[when] == nil {
				seen[when] = make(map[uint64]bool)
			}
			seen[when][in.key] = true
		}
	}
	for _, op := range history {
		if op.Input.(input).key != 0 {
			continue
		}
		for key, l := range lives {
			if l.from < op.Return && op.Call < l.to && !seen[at{op.ClientId, op.Call}][key] {
				all = append(all, porcupine.Operation{ClientId: op.ClientId, Input: input{key: key, kind: yield}, Call: op.Call, Output: none, Return: op.Return})
			}
		}
	}
	return all
}

// wrong returns what is wrong with a history, "" if nothing is.
func wrong(history []porcupine.Operation, counts []count) string {
	switch linearizable(history) {
	case porcupine.Illegal:
		return fmt.Sprintf("the history of %d operations is not linearizable", len(history))
	case porcupine.Unknown:
		panic("the checker takes too long")
	}
	for _, c := range counts {
		if least, most := lenBounds(history, c); c.n < least || c.n > most {
			return fmt.Sprintf("Len returned %d, not %d to %d", c.n, least, most)
		}
	}
	return ""
}

var shapes = []shape{
	{waves: 20, goroutines: 4, ops: 20},
	{waves: 8, goroutines: 40, ops: 10},
	{waves: 4, goroutines: 250, ops: 4, idle: 150},
}

// TestTableIsLinearizable checks histories of gls.Table.
func TestTableIsLinearizable(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	operations := 0
	for round := range rounds {
		for _, shape := range shapes {
			seed := rand.Uint64()
			history, counts := play(new(gls.Table[int]), shape, seed)
			if problem := wrong(history, counts); problem != "" {
				t.Fatalf("round %d, %+v, seed %d: %s", round, shape, seed, problem)
			}
			operations += len(history)
		}
	}
	t.Logf("%d operations", operations)
}

// TestBrokenTablesAreFound tests the checker.
func TestBrokenTablesAreFound(t *testing.T) {
	for name, broken := range map[string]func() subject{
		"a value outlives its goroutine": func() subject { return &byG{values: map[uintptr]*int{}} },
		"a store is lost":                func() subject { return &lossy{} },
		"All yields a replaced value":    func() subject { return &stale{} },
		"All yields another's value":     func() subject { return &mixed{} },
		"Len counts one too many":        func() subject { return &miscounted{} },
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				for _, shape := range slices.Backward(shapes) {
					history, counts := play(broken(), shape, rand.Uint64())
					if problem := wrong(history, counts); problem != "" {
						t.Log(problem)
						return
					}
				}
			}
			t.Error("every history of the broken table fits the specification")
		})
	}
}

// byG does not check that a g still runs the goroutine that stored the value.
type byG struct {
	gls.Table[int]
	mu     sync.Mutex
	values map[uintptr]*int
}

func (b *byG) Load() *int {
	b.mu.Lock()
	defer b.mu.Unlock()
	gp, id := g.Self()
	if gp == 0 {
		gp = uintptr(id % 16) // where the g is not known
	}
	return b.values[gp]
}

func (b *byG) Store(v *int) {
	b.Table.Store(v)
	b.mu.Lock()
	defer b.mu.Unlock()
	gp, id := g.Self()
	if gp == 0 {
		gp = uintptr(id % 16)
	}
	b.values[gp] = v
}

func (b *byG) Delete() { b.Store(nil) }

// lossy loses a store now and then.
type lossy struct{ gls.Table[int] }

func (l *lossy) Store(v *int) {
	if v == nil || *v%64 != 0 {
		l.Table.Store(v)
	}
}

// stale yields values that an earlier range has seen.
type stale struct {
	gls.Table[int]
	mu     sync.Mutex
	before map[uint64]*int
}

func (s *stale) All() iter.Seq2[uint64, *int] {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := make(map[uint64]*int)
	for id, v := range s.Table.All() {
		now[id] = v
		if old := s.before[id]; old != nil {
			now[id] = old
		}
	}
	s.before = now
	return func(yield func(uint64, *int) bool) {
		for id, v := range now {
			if !yield(id, v) {
				return
			}
		}
	}
}

// mixed yields the value of one goroutine with the ID of another.
type mixed struct{ gls.Table[int] }

func (m *mixed) All() iter.Seq2[uint64, *int] {
	return func(yield func(uint64, *int) bool) {
		var previous *int
		for id, v := range m.Table.All() {
			if previous == nil {
				previous = v
			}
			if !yield(id, previous) {
				return
			}
			previous = v
		}
	}
}

// miscounted counts one goroutine too many.
type miscounted struct{ gls.Table[int] }

func (m *miscounted) Len() int { return m.Table.Len() + 1 }
