package designs

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func assemblyLookups[T any]() []lookup[T] {
	return []lookup[T]{
		{"asm-record", 0, (*Storage[T]).AsmRecord},
		{"asm-direct", 0, (*Storage[T]).AsmDirect},
		{"asm-shard", 0, (*Storage[T]).AsmShard},
		{"asm-goid", 0, (*Storage[T]).AsmGoid},
		{"asm-cell", 0, (*Storage[T]).AsmCell},
		{"asm-cell-ok", 0, func(s *Storage[T]) T { v, _ := s.AsmCellOK(); return v }},
		{"asm-near", 0, (*Storage[T]).AsmNear},
		{"asm-goid-near", 0, (*Storage[T]).AsmGoidNear},
		{"reg-cell-arg", 0, (*Storage[T]).RegCellArg},
		{"reg-near-arg", 0, (*Storage[T]).RegNearArg},
		{"reg-store-ok", 0, func(s *Storage[T]) T { v, _ := s.RegStoreOK(); return v }},
		{"reg-cell", regCell, (*Storage[T]).Reg},
		{"reg-near", regNear, (*Storage[T]).Reg},
		{"reg-goid-near", regGoidNear, (*Storage[T]).Reg},
		{"reg-only", regOnly, (*Storage[T]).Reg},
		{"reg-value", EntryValue[T](), (*Storage[T]).RegValue},
	}
}

func TestSecondResult(t *testing.T) {
	requireUsable(t)
	Populate(true, 0)
	s := NewStorage(5, 0, "default")
	for _, get := range []func() (string, bool){s.AsmCellOK, s.AsmCellNil, s.RegStoreOK, s.RegCellNil} {
		_, ok := get()
		assert.False(t, ok)
	}
	s.Set("")
	for _, get := range []func() (string, bool){s.AsmCellOK, s.AsmCellNil, s.RegStoreOK, s.RegCellNil} {
		_, ok := get()
		assert.True(t, ok)
	}
}

func TestConstantOffset(t *testing.T) {
	requireUsable(t)
	Populate(true, 0)
	s := NewStorage(5, EntryIntConst(), 1)
	assert.Equal(t, 1, s.RegValue())
	s.Set(2)
	assert.Equal(t, 2, s.RegValue())
}

// A leaf that is entered through a func value relies on these registers. A library
// could check them so at init: no call does harm if a register is another.
func TestRegistersHaveTheValuesThatLeavesRelyOn(t *testing.T) {
	requireUsable(t)
	check := func() {
		gp, _ := g.Self()
		assert.Equal(t, gp, funcOf[func() uintptr](&regG)(), "R14 is the g")

		context := &struct{ code uintptr }{regContext}
		fn := *(*func() unsafe.Pointer)(unsafe.Pointer(&context)) // sound as in Storage.Reg
		assert.Equal(t, unsafe.Pointer(context), fn(), "DX is the func value")

		next := funcOf[func(uintptr) uintptr](&regNext)
		assert.Equal(t, uintptr(42), next(41), "AX is the argument and the result")
	}
	check()
	var other sync.WaitGroup
	other.Add(1)
	go func() {
		defer other.Done()
		check()
	}()
	other.Wait()
}

// A leaf that does not find the store jumps to Go code, which may grow the stack and
// may run during a collection.
func TestALeafJumpsToGo(t *testing.T) {
	requireUsable(t)
	byArg := funcOf[func(*key) unsafe.Pointer](&regHandOver)
	defer func() { twin = nil }()
	twin = func(k *key) unsafe.Pointer {
		//lint:ignore SA4017 the stack grows
		grow(1000)
		runtime.GC()
		//lint:ignore SA4017 the stack grows
		grow(100_000)
		return k.def.p
	}
	var other sync.WaitGroup
	other.Add(1)
	go func() { // with a small stack
		defer other.Done()
		k := &key{}
		k.def.p = unsafe.Pointer(&struct{ n int }{42}) // the twin returns it
		assert.Equal(t, 42, *(*int)(byArg(k)))
	}()
	other.Wait()
}

//go:noinline
func grow(n int) int {
	if n == 0 {
		return 0
	}
	return 1 + grow(n-1)
}

// Stacks grow, the collector runs and goroutines are preempted while they are inside
// leaves nearly all of the time. A leaf that confused the runtime would crash here.
func TestLeavesUnderTheCollector(t *testing.T) {
	requireUsable(t)
	Populate(true, 0)
	var stop atomic.Bool
	var all, ready sync.WaitGroup
	s := NewStorage(3, regNear, "default")
	const goroutines = 8 // with the caller still below the load of a table for one
	for i := range goroutines {
		all.Add(1)
		ready.Add(1)
		// insert is not safe for concurrent use, so one goroutine starts at a time.
		started := make(chan struct{})
		go func() {
			defer all.Done()
			gp, id := g.Self()
			r := newRecord(id)
			insert(gp, &r.head)
			want := string([]byte{'a' + byte(i)}) // on the heap
			s.Set(want)
			close(started)
			ready.Done()
			ready.Wait()
			for n := 0; !stop.Load(); n++ {
				if got := deep(n%50, s); got != want {
					assert.Equal(t, want, got)
					return
				}
				// runtime.GC yields after each span that it sweeps. Without Gosched it
				// would wait each time for a time slice of each goroutine.
				runtime.Gosched()
			}
		}()
		<-started
	}
	ready.Wait()
	for end := time.Now().Add(200 * time.Millisecond); time.Now().Before(end); {
		runtime.GC()
	}
	stop.Store(true)
	all.Wait()
}

// deep reads at some depth of the stack.
func deep(n int, s *Storage[string]) string {
	if n > 0 {
		var frame [256]byte
		defer runtime.KeepAlive(&frame)
		return deep(n-1, s)
	}
	var v string
	for range 100 {
		v, _ = s.RegStoreOK()
		if v != s.Reg() || v != s.AsmCell() {
			return "different"
		}
	}
	return v
}

// A layout is a storage of axis A.
type layout[T any] interface {
	Get() T
	Set(T)
	Nest(T, func())
}

func TestLayouts(t *testing.T) {
	requireUsable(t)
	type large [8]int
	testLayouts(t, 1000, 2000, 3000, [5]float64{1, 1, 1, 0, 0})
	testLayouts(t, &large{1}, &large{2}, &large{3}, [5]float64{1, 0, 0, 0, 0})
	testLayouts(t, "default", "outer", "inner", [5]float64{1, 1, 1, 0, 0})
	testLayouts[error](t, &failure{1}, &failure{2}, &failure{3}, [5]float64{1, 0, 1, 0, 0})
	testLayouts(t, large{1}, large{2}, large{3}, [5]float64{1, 1, 1, 1, 1})
}

func nothing() {}

type failure struct{ code int }

func (*failure) Error() string { return "a failure" }

// wantAllocs are the allocations of a nested Run, by layout. The runtime has boxes for
// small ints, so the ints are large.
func testLayouts[T any](t *testing.T, def, outer, inner T, wantAllocs [5]float64) {
	Populate(true, 0)
	const index = 7
	for i, s := range []layout[T]{
		NewBoxed(index, def), NewAny(index, def), NewPointerOrBox(index, def), NewTyped(index, def), NewNear(index, def),
	} {
		Populate(true, 0)
		require.Equal(t, def, s.Get(), "%T", s)
		s.Set(outer)
		require.Equal(t, outer, s.Get(), "%T", s)
		s.Nest(inner, func() {
			require.Equal(t, inner, s.Get(), "%T", s)
		})
		require.Equal(t, outer, s.Get(), "%T", s)
		if typed, ok := s.(*Typed[T]); ok {
			typed.NestDefer(inner, func() { require.Equal(t, inner, s.Get()) })
			require.Equal(t, outer, s.Get())
		}
		if near, ok := s.(*Near[T]); ok && near.code != 0 {
			require.Equal(t, outer, near.Value())
		}
		if raceEnabled {
			continue
		}
		assert.Equal(t, wantAllocs[i], testing.AllocsPerRun(100, func() { s.Nest(inner, nothing) }), "%T", s)
	}
}
