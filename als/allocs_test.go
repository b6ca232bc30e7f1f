package als_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// wantAllocs fails t unless a call of f allocates want times. Where other code allocates
// too (the race detector, inheritance, -cover, IDs from tracebacks), it only logs the
// number.
func wantAllocs(t *testing.T, what string, want float64, f func()) {
	t.Helper()
	got := testing.AllocsPerRun(100, f)
	if race.Enabled || inheriting || testing.CoverMode() != "" || testkit.SlowIDs() {
		t.Logf("%s: %v allocations, want %v without -race, inheritance and -cover, where IDs are fast", what, got, want)
		return
	}
	if got != want {
		t.Errorf("%s: %v allocations, want %v", what, got, want)
	}
}

var (
	sinkContext als.ExecutionContext
	sinkFunc    func()
)

func readAllocs[T any](t *testing.T, what string, store T) {
	t.Helper()
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[T]{RevokeOnEnd: revoke})
		var v T
		var ok bool
		get := func() { v = s.Get() }
		getStore := func() { v, ok = s.GetStore() }
		must := func() { v = s.Must() }
		wantAllocs(t, what+": GetStore without a store", 0, getStore)
		s.Run(store, func() {
			wantAllocs(t, what+": Get", 0, get)
			wantAllocs(t, what+": GetStore", 0, getStore)
			wantAllocs(t, what+": Must", 0, must)
			s.Exit(func() { wantAllocs(t, what+": GetStore in Exit", 0, getStore) })
			als.Snapshot().Run(func() { wantAllocs(t, what+": GetStore in a snapshot", 0, getStore) })
		})
		_, _ = v, ok
	}
}

func TestGetAllocatesNothing(t *testing.T) {
	readAllocs(t, "int", 1<<20)
	readAllocs(t, "uint8", uint8(200))
	readAllocs(t, "float64", 1.5)
	readAllocs(t, "string", "store")
	readAllocs(t, "*int", new(int))
	readAllocs(t, "map", map[int]int{})
	readAllocs(t, "func", func() {})
	readAllocs[error](t, "error", io.EOF)
	readAllocs[any](t, "any", 1<<20)
	readAllocs(t, "context", context.Background())
	readAllocs(t, "slice", []int{1})
	readAllocs(t, "[8]int", [8]int{})
	readAllocs(t, "struct{}", struct{}{})
	readAllocs(t, "struct", struct {
		a, b string
		c    any
	}{})
	wantAllocs(t, "als.GetStore", 0, func() { als.GetStore() })
	wantAllocs(t, "Context", 0, func() { als.Context() })
}

func runAllocs[T any](t *testing.T, what string, want float64, store T) {
	t.Helper()
	s := als.New[T]()
	nop := func() {}
	testkit.InGoroutine(func() {
		wantAllocs(t, what+": Run", want, func() { s.Run(store, nop) })
		wantAllocs(t, what+": Exit", 0, func() { s.Exit(nop) })
		wantAllocs(t, what+": EnterWith", want, func() { s.EnterWith(store) })
		s.Run(store, func() {
			wantAllocs(t, what+": nested Run", want, func() { s.Run(store, nop) })
			wantAllocs(t, what+": two nested Runs", 2*want, func() { s.Run(store, func() { s.Run(store, nop) }) })
		})
		wantAllocs(t, what+": WithScope", want, func() { s.WithScope(store).End() })
		wantAllocs(t, what+": deferred WithScope", want, func() { defer s.WithScope(store).End() })
	})
}

func TestRunAllocatesNothingForSmallStores(t *testing.T) {
	runAllocs(t, "int", 0, 1<<20)
	runAllocs(t, "bool", 0, true)
	runAllocs(t, "float32", 0, float32(1.5))
	runAllocs(t, "*int", 0, new(int))
	runAllocs(t, "chan", 0, make(chan int))
	runAllocs(t, "func", 0, func() {})
	runAllocs(t, "string", 0, "store")
	runAllocs[error](t, "error", 0, io.EOF)
	runAllocs[any](t, "any", 0, io.EOF)
	runAllocs(t, "struct{}", 0, struct{}{})
	runAllocs(t, "[8]int", 1, [8]int{}) // the control: it does not fit
	runAllocs(t, "slice", 1, []int{1})
	testkit.InGoroutine(func() {
		als.EnterWith(nil)
		wantAllocs(t, "als.Run", 0, func() { als.Run(io.EOF, func() {}) })
		ctx := context.Background()
		wantAllocs(t, "RunContext", 0, func() { als.RunContext(ctx, func() {}) })
		wantAllocs(t, "RunContextFunc", 0, func() { als.RunContextFunc(ctx, func() int { return 1 }) })
		wantAllocs(t, "RunContextFunc2", 0, func() { als.RunContextFunc2(ctx, func() (int, error) { return 1, nil }) })
		wantAllocs(t, "WithContext", 0, func() { als.WithContext(ctx).End() })
		s := als.New[int]()
		wantAllocs(t, "RunFunc", 0, func() { als.RunFunc(s, 1, func() int { return 1 }) })
		wantAllocs(t, "RunFunc2", 0, func() { als.RunFunc2(s, 1, func() (int, error) { return 1, nil }) })
		wantAllocs(t, "ExitFunc2", 0, func() { als.ExitFunc2(s, func() (int, error) { return 1, nil }) })
	})
}

// A capture of a store that can be revoked allocates a grant and a box.
func TestRevokeOnEndAllocatesTwiceWhereCaptured(t *testing.T) {
	nop := func() {}
	revokeAllocs(t, "int", 0, 1, nop)
	revokeAllocs(t, "*int", 0, new(int), nop)
	revokeAllocs[error](t, "error", 0, io.EOF, nop)
	revokeAllocs(t, "string", 2, "store", nop) // the control: it does not lie in a cell
	capture := func() { sinkContext = als.Snapshot() }
	revokeAllocs(t, "*int, captured", 1+2, new(int), capture) // and a copy of the cells
	revokeAllocs(t, "string, captured", 1+2, "store", capture)
}

func revokeAllocs[T any](t *testing.T, what string, want float64, store T, inside func()) {
	t.Helper()
	s := newSecret[T]()
	testkit.InGoroutine(func() {
		s.Run(store, func() {
			wantAllocs(t, what+": Run", want, func() { s.Run(store, inside) })
			wantAllocs(t, what+": WithScope", 2, func() { s.WithScope(store).End() })
		})
	})
}

// A goroutine on a reused g takes over the record of the one before it.
func TestFirstRunInAGoroutineAllocatesNothing(t *testing.T) {
	if goroutine.Pointer() == 0 {
		t.Skip("without a g no goroutine takes over a record")
	}
	var s als.Storage[int]
	done := make(chan struct{})
	nop := func() {}
	plain := func() { done <- struct{}{} }
	once := func() { s.Run(1, nop); done <- struct{}{} }
	twice := func() { s.Run(1, nop); s.Run(2, nop); done <- struct{}{} }
	enter := func() { s.EnterWith(1); done <- struct{}{} }
	for range 100 {
		go enter()
		<-done
	}
	wantAllocs(t, "go", 0, func() { go plain(); <-done })
	wantAllocs(t, "go, Run", 0, func() { go once(); <-done })
	wantAllocs(t, "go, Run, Run", 0, func() { go twice(); <-done })
	wantAllocs(t, "go, EnterWith", 0, func() { go enter(); <-done })
}

func TestCapturesAllocateNothingWhileNothingChanges(t *testing.T) {
	var s, other als.Storage[int]
	nop := func() {}
	testkit.InGoroutine(func() {
		wantAllocs(t, "Snapshot without stores", 0, func() { sinkContext = als.Snapshot() })
		s.EnterWith(1)
		other.EnterWith(2)
		als.Snapshot()
		wantAllocs(t, "Snapshot", 0, func() { sinkContext = als.Snapshot() })
		c := als.Snapshot()
		wantAllocs(t, "ExecutionContext.Run", 0, func() { c.Run(nop) })
		wantAllocs(t, "Snapshot in ExecutionContext.Run", 0, func() { c.Run(func() { sinkContext = als.Snapshot() }) })
		wantAllocs(t, "Snapshot after a change", 1, func() { s.EnterWith(1); als.Snapshot() })
		wantAllocs(t, "Bind", 1, func() { sinkFunc = als.Bind(nop) })
		wantAllocs(t, "zero ExecutionContext.Run", 0, func() { als.ExecutionContext{}.Run(nop) })
	})
}

func TestSwitchingContextsAddsNoAllocations(t *testing.T) {
	var s als.Storage[int]
	nop := func() {}
	testkit.InGoroutine(func() {
		change := func() { s.EnterWith(1); als.Snapshot() }
		wantAllocs(t, "Snapshot after a change", 1, change)
		s.EnterWith(1)
		als.ExecutionContext{}.Run(nop)
		wantAllocs(t, "Snapshot after a change, after a switch", 1, change)
	})
}

func TestBoundFunctionsOfEveryShapeAllocateNothing(t *testing.T) {
	testkit.InGoroutine(func() {
		bindStore.EnterWith("bound")
		p, err := new(int), io.EOF
		var w http.ResponseWriter
		r := new(http.Request)
		var ctx = context.Background()
		f0 := als.Bind(func() {})
		f1 := als.Bind(func() error { return err })
		f2 := als.Bind(func() int { return 1 })
		f3 := als.Bind(func(context.Context) error { return err })
		f4 := als.Bind(func(s string) int { return len(s) })
		f5 := als.Bind(func(i int) string { return "" })
		f6 := als.Bind(func(p *int) *int { return p })
		f7 := als.Bind(func(a any) any { return a })
		f8 := als.Bind(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		f9 := als.Bind(func(context.Context, string) error { return err })
		f10 := als.Bind(func(context.Context, any) any { return nil })
		f11 := als.Bind(func(m map[string]int) chan int { return nil })
		bindStore.EnterWith("caller")
		for what, call := range map[string]func(){
			"func()": f0, "func() error": func() { f1() }, "func() int": func() { f2() },
			"func(context.Context) error": func() { f3(ctx) }, "func(string) int": func() { f4("x") },
			"func(int) string": func() { f5(1 << 20) }, "func(*int) *int": func() { f6(p) },
			"func(any) any": func() { f7(err) }, "http.HandlerFunc": func() { f8(w, r) },
			"func(context.Context, string) error": func() { f9(ctx, "x") },
			"func(context.Context, any) any":      func() { f10(ctx, p) },
			"func(map) chan":                      func() { f11(nil) },
		} {
			wantAllocs(t, "bound "+what, 0, call)
		}
		// The control: these have other shapes, so they go through package reflect, which
		// allocates.
		r1 := als.Bind(func(bool) {})
		r2 := als.Bind(func(f float64) float64 { return f })
		r3 := als.Bind(func() float32 { return 1 })
		r4 := als.Bind(func(uint8) {})
		r5 := als.Bind(func() int32 { return 1 })
		r6 := als.Bind(func([]int) {})
		r7 := als.Bind(func(struct{ p *int }) {})
		r8 := als.Bind(func(...any) {})
		r9 := als.Bind(func() [1]*int { return [1]*int{} })
		r10 := als.Bind(func(complex64) {})
		for what, call := range map[string]func(){
			"func(bool)": func() { r1(true) }, "func(float64) float64": func() { r2(1) }, "func() float32": func() { r3() },
			"func(uint8)": func() { r4(1) }, "func() int32": func() { r5() }, "func([]int)": func() { r6(nil) },
			"func(struct)": func() { r7(struct{ p *int }{}) }, "func(...any)": func() { r8() },
			"func() [1]*int": func() { r9() }, "func(complex64)": func() { r10(1) },
		} {
			assert.NotZero(t, testing.AllocsPerRun(10, call), "bound %s", what)
		}
	})
}

func TestGoAllocatesWhatAGoStatementDoes(t *testing.T) {
	if goroutine.Pointer() == 0 {
		t.Skip("without a g no goroutine takes over a record")
	}
	done := make(chan struct{})
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		work := func() { done <- struct{}{} }
		for range 100 { // gs and their records
			als.Go(work)
			<-done
		}
		wantAllocs(t, "go", 0, func() { go work(); <-done })
		wantAllocs(t, "Go without stores", 0, func() { als.Go(work); <-done })
		s.EnterWith(1)
		als.Snapshot()
		wantAllocs(t, "Go", 0, func() { als.Go(work); <-done })
		c := als.Snapshot()
		wantAllocs(t, "ExecutionContext.Go", 0, func() { c.Go(work); <-done })
		nop := func() {}
		run := func() { s.Run(2, nop); work() }
		wantAllocs(t, "Run in Go", 0, func() { als.Go(run); <-done })
	})
}
