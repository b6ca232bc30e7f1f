package als_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bindStore has the store "bound" where the functions of this file are bound.
var bindStore als.Storage[string]

// bind binds fn where bindStore is "bound".
func bind[F any](fn F) (bound F) {
	bindStore.Run("bound", func() { bound = als.Bind(fn) })
	return bound
}

// inside checks the context of a bound function, and changes it. Every function under
// test calls it.
func inside(t *testing.T) {
	if got := bindStore.Get(); got != "bound" {
		t.Errorf("a bound function sees the store %q, want %q", got, "bound")
	}
	bindStore.EnterWith("changed inside")
}

// outside makes a call of a bound function in several contexts of the caller, each of
// which must be restored.
func outside(t *testing.T, call func()) {
	call()
	wantNone(t, &bindStore)
	bindStore.Run("caller", func() {
		call()
		wantStore(t, &bindStore, "caller")
	})
	testkit.InGoroutine(func() {
		bindStore.EnterWith("entered")
		call()
		wantStore(t, &bindStore, "entered")
	})
}

// checkBound compares calls of fn with calls of the bound fn, for each list of arguments.
// fn returns its arguments, or something that depends on them.
func checkBound[F any](t *testing.T, fn F, lists ...[]any) {
	t.Helper()
	direct, bound := reflect.ValueOf(fn), reflect.ValueOf(bind(fn))
	t.Run(direct.Type().String(), func(t *testing.T) {
		require.Equal(t, direct.Type(), bound.Type())
		if len(lists) == 0 {
			lists = [][]any{{}}
		}
		for _, list := range lists {
			args := make([]reflect.Value, len(list))
			for i, a := range list {
				var in reflect.Type
				if typ := direct.Type(); typ.IsVariadic() && i >= typ.NumIn()-1 {
					in = typ.In(typ.NumIn() - 1).Elem()
				} else {
					in = typ.In(i)
				}
				if args[i] = reflect.Zero(in); a != nil {
					args[i] = reflect.ValueOf(a)
				}
			}
			var want []reflect.Value
			bindStore.Run("bound", func() { want = direct.Call(args) })
			outside(t, func() { sameValues(t, want, bound.Call(args)) })
		}
	})
}

func sameValues(t *testing.T, want, got []reflect.Value) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].Type(), got[i].Type())
		w, g := want[i].Interface(), got[i].Interface()
		switch want[i].Kind() {
		case reflect.Func, reflect.Map, reflect.Chan, reflect.UnsafePointer, reflect.Pointer:
			assert.Equal(t, want[i].Pointer(), got[i].Pointer())
			assert.Equal(t, want[i].IsNil(), got[i].IsNil())
		default:
			assert.Equal(t, w, g)
		}
	}
}

type (
	bindNamed   func()
	bindBuilder func(*strings.Builder) fmt.Stringer
	bindPair    struct {
		a int32
		b string
	}
	bindID uint64
)

func (f bindNamed) Call() { f() }

// A wrong size, a wrong register or a lost pointer would change these values.
func TestBoundFunctionsOfEveryTypeGetTheirArgumentsAndReturnTheirResults(t *testing.T) {
	in := func() { inside(t) }
	p, q := &bindPair{1, "p"}, &bindPair{2, "q"}
	ch := make(chan int, 3)
	m := map[string]int{"m": 1}
	ints := [][]any{{0}, {1}, {-1}, {math.MaxInt}, {math.MinInt}, {0x12345678}}
	texts := [][]any{{""}, {"x"}, {strings.Repeat("long", 1000)}, {"\x00"}}
	errs := [][]any{{nil}, {io.EOF}, {(*typedNil)(nil)}, {fmt.Errorf("wrapped: %w", io.EOF)}}

	checkBound(t, in)
	checkBound(t, bindNamed(in))
	checkBound(t, func() int { in(); return math.MinInt })
	checkBound(t, func() uintptr { in(); return ^uintptr(0) })
	checkBound(t, func() string { in(); return "result" })
	checkBound(t, func() error { in(); return io.EOF })
	checkBound(t, func() error { in(); return nil })
	checkBound(t, func() error { in(); return (*typedNil)(nil) })
	checkBound(t, func() any { in(); return [3]string{"a", "b", "c"} })
	checkBound(t, func() *bindPair { in(); return p })
	checkBound(t, func() *bindPair { in(); return nil })
	checkBound(t, func() bool { in(); return true })
	checkBound(t, func() float64 { in(); return math.Pi })
	checkBound(t, func() bindPair { in(); return *p })
	checkBound(t, func() struct{} { in(); return struct{}{} })
	checkBound(t, func() func() { in(); return t.Helper })

	checkBound(t, func(int) { in() }, ints...)
	checkBound(t, func(i int) int { in(); return i }, ints...)
	checkBound(t, func(i int) string { in(); return fmt.Sprint(i) }, ints...)
	checkBound(t, func(i int) any { in(); return i }, ints...)
	checkBound(t, func(i int) *bindPair {
		in()
		if i == 0 {
			return p
		}
		return q
	}, ints...)
	checkBound(t, func(i int) bool { in(); return i > 0 }, ints...)
	checkBound(t, func(i uint) uint { in(); return i },
		[]any{uint(0)}, []any{uint(math.MaxUint)})
	checkBound(t, func(i uintptr) uintptr { in(); return i },
		[]any{^uintptr(0)}, []any{uintptr(unsafe.Pointer(p))})
	checkBound(t, func(i int64) int64 { in(); return i },
		[]any{int64(math.MinInt64)}, []any{int64(math.MaxInt64)}, []any{int64(-1)}, []any{int64(1) << 33})
	checkBound(t, func(i bindID) bindID { in(); return i },
		[]any{bindID(math.MaxUint64)}, []any{bindID(1) << 40})
	checkBound(t, func(d time.Duration) time.Duration { in(); return -d }, []any{time.Hour}, []any{time.Duration(math.MinInt64)})
	checkBound(t, func(i int32) int32 { in(); return i },
		[]any{int32(math.MinInt32)}, []any{int32(-1)})
	checkBound(t, func(i uint8) bool { in(); return i == 255 },
		[]any{uint8(255)}, []any{uint8(0)})
	checkBound(t, func(b bool) uint8 {
		in()
		if b {
			return 200
		}
		return 0
	}, []any{true}, []any{false})
	checkBound(t, func(f float64) float64 { in(); return -f },
		[]any{math.Pi}, []any{math.Inf(1)}, []any{math.SmallestNonzeroFloat64})
	checkBound(t, func(f float32) float32 { in(); return f * 2 },
		[]any{float32(math.Pi)})
	checkBound(t, func(c complex128) complex128 { in(); return c * c },
		[]any{complex(1, 2)})

	checkBound(t, func(string) { in() }, texts...)
	checkBound(t, func(s string) string { in(); return s + "!" }, texts...)
	checkBound(t, func(s string) int { in(); return len(s) }, texts...)
	checkBound(t, func(s string) error { in(); return errors.New(s) }, texts...)
	checkBound(t, func(s string) *byte { in(); return unsafe.StringData(s) },
		[]any{"x"}, []any{"xyz"})
	checkBound(t, func(s string) []byte { in(); return []byte(s) }, texts...)

	checkBound(t, func(error) { in() }, errs...)
	checkBound(t, func(e error) error { in(); return e }, errs...)
	checkBound(t, func(e error) any { in(); return e }, errs...)
	checkBound(t, func(e any) error { in(); err, _ := e.(error); return err }, errs...)
	checkBound(t, func(e any) any { in(); return e },
		[]any{nil}, []any{1}, []any{"s"}, []any{*p}, []any{p}, []any{[]int{1}})
	checkBound(t, func(e error) int { in(); return len(fmt.Sprint(e)) }, errs...)
	checkBound(t, func(e error) string { in(); return fmt.Sprint(e) }, errs...)
	checkBound(t, func(e error) bool { in(); return e == nil }, errs...)
	checkBound(t, func(ctx context.Context) error { in(); return ctx.Err() }, []any{t.Context()}, []any{canceled()})
	checkBound(t, func(r io.Reader) *bytes.Buffer { in(); b, _ := r.(*bytes.Buffer); return b }, []any{nil}, []any{new(bytes.Buffer)}, []any{strings.NewReader("x")})

	checkBound(t, func(*bindPair) { in() }, []any{p}, []any{nil})
	checkBound(t, func(p *bindPair) any { in(); return p }, []any{p}, []any{nil})
	checkBound(t, func(p *bindPair) *int32 { in(); return &p.a }, []any{p}, []any{q})
	checkBound(t, func(p *bindPair) string { in(); return p.b }, []any{p}, []any{q})
	checkBound(t, func(p *bindPair) int { in(); return int(p.a) }, []any{p}, []any{q})
	checkBound(t, func(m map[string]int) chan int { in(); m["called"]++; return ch }, []any{m})
	checkBound(t, func(c chan int) map[string]int { in(); assert.Equal(t, 3, cap(c)); return m }, []any{ch})
	checkBound(t, func(<-chan int) chan<- int { in(); return ch },
		[]any{(<-chan int)(ch)})
	checkBound(t, func(f func() int) func() int { in(); f(); return f },
		[]any{func() int { return len(m) }})
	checkBound(t, func(p unsafe.Pointer) unsafe.Pointer { in(); return p }, []any{unsafe.Pointer(p)}, []any{unsafe.Pointer(nil)})
	checkBound(t, bindBuilder(func(b *strings.Builder) fmt.Stringer { in(); b.Reset(); b.WriteString("built"); return b }), []any{new(strings.Builder)})

	checkBound(t, func(p bindPair) bindPair { in(); p.a++; return p },
		[]any{*p}, []any{bindPair{}})
	checkBound(t, func(x struct{}) struct{} { in(); return x }, []any{struct{}{}})
	checkBound(t, func(x struct{ p *bindPair }) *bindPair { in(); return x.p }, []any{struct{ p *bindPair }{q}})
	checkBound(t, func(a [1]string) string { in(); return a[0] }, []any{[1]string{"x"}})
	checkBound(t, func(a [100]int) [100]int { in(); a[99]++; return a },
		[]any{[100]int{1: 2}})
	checkBound(t, func(b []byte) []byte { in(); return b[1:] }, []any{[]byte("bytes")})

	checkBound(t, func(error, *bindPair) { in() },
		[]any{nil, nil}, []any{io.EOF, p})
	checkBound(t, func(e error, p *bindPair) error { in(); return fmt.Errorf("%v %v", e, p) }, []any{nil, nil}, []any{io.EOF, p})
	checkBound(t, func(ctx context.Context, s string) error { in(); return fmt.Errorf("%v %s", ctx.Err(), s) }, []any{t.Context(), "s"}, []any{canceled(), ""})
	checkBound(t, func(ctx context.Context, a any) any { in(); return fmt.Sprint(ctx.Err(), a) }, []any{t.Context(), "s"}, []any{canceled(), nil})
	checkBound(t, func(_ context.Context, s string) { in() },
		[]any{t.Context(), "s"})
	checkBound(t, func(a, b error) { in() }, []any{io.EOF, nil})
	checkBound(t, func(e error, p *bindPair) int { in(); return int(p.a) },
		[]any{nil, q})
	//lint:ignore ST1008 the test needs this order of results
	checkBound(t, func(s string, e error) (error, string) { in(); return e, s }, []any{"s", io.EOF}, []any{"", nil})
	checkBound(t, func(a int, b string, c float64, d any, e *bindPair, f uint8, g []int, h error) (int, string, float64, any, *bindPair, uint8, []int, error) {
		in()
		return a, b, c, d, e, f, g, h
	}, []any{math.MinInt, "b", math.Pi, *p, q, uint8(255), []int{1, 2}, io.EOF},
		[]any{0, "", 0.0, nil, nil, uint8(0), []int(nil), nil})
	checkBound(t, func() (int, error) { in(); return -1, io.EOF })
	checkBound(t, func(a, b int) int { in(); return a - b }, []any{1, 2})

	checkBound(t, func(a ...int) int { in(); return len(a) },
		[]any{}, []any{1}, []any{1, 2, 3})
	checkBound(t, func(f string, a ...any) string { in(); return fmt.Sprintf(f, a...) }, []any{"none"}, []any{"%v", nil}, []any{"%v %v", 1, "two"})
	checkBound(t, func(a ...error) error { in(); return errors.Join(a...) },
		[]any{}, []any{nil}, []any{io.EOF, nil, (*typedNil)(nil)})
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestBoundVariadicFunctionGetsThePassedSliceItself(t *testing.T) {
	a := make([]int, 2, 10)
	f := bind(func(got ...int) { got[0] = 42; assert.Equal(t, 10, cap(got)) })
	f(a...)
	assert.Equal(t, 42, a[0])
	bind(func(got ...int) { assert.Nil(t, got) })()
	bind(func(got ...int) { assert.Nil(t, got) })(nil...)
}

func TestBindOfAFunctionInAnInterface(t *testing.T) {
	checkBound[any](t, func() { inside(t) })
	checkBound[any](t, func(i int) int { inside(t); return i }, []any{math.MinInt})
	checkBound[any](t, func(a ...string) int { inside(t); return len(a) }, []any{}, []any{"a", "b"})
	called := false
	bind[interface{ Call() }](bindNamed(func() { inside(t); called = true })).Call()
	assert.True(t, called)
	w := httptest.NewRecorder()
	bind[http.Handler](http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, bindStore.Get()) })).
		ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	assert.Equal(t, "bound", w.Body.String())
}

func TestBindOfAnHTTPHandler(t *testing.T) {
	h := bind(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside(t)
		fmt.Fprint(w, r.URL.Path, r.Context().Err())
	}))
	outside(t, func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/path", nil))
		assert.Equal(t, "/path<nil>", w.Body.String())
	})
}

func bindGeneric[A, R any](t *testing.T, arg A, f func(A) R) R {
	return bind(func(a A) R { inside(t); return f(a) })(arg)
}

func TestBindOfGenericFunctionValues(t *testing.T) {
	assert.Equal(t, 3, bindGeneric(t, "abc", func(s string) int { return len(s) }))
	assert.Equal(t, io.EOF, bindGeneric(t, error(io.EOF), func(e error) error { return e }))
	assert.Equal(t, 2.5, bindGeneric(t, float32(2.5), func(f float32) float64 { return float64(f) }))
	assert.Equal(t, bindPair{1, "x"}, bindGeneric(t, &bindPair{1, "x"}, func(p *bindPair) bindPair { return *p }))
	assert.Equal(t, []int{1}, bindGeneric(t, [3]int{1}, func(a [3]int) []int { return a[:1] }))
	assert.Equal(t, uint16(7), bindGeneric(t, struct{}{}, func(struct{}) uint16 { return 7 }))
	identity := bind(bindIdentity[string])
	assert.Equal(t, "same", identity("same"))
}

func bindIdentity[T any](v T) T { return v }

type bindCounter struct {
	n     int
	store string
}

func (c *bindCounter) add(by int) int { c.n += by; c.store = bindStore.Get(); return c.n }
func (c bindCounter) get() int        { return c.n }

func TestBindOfMethodValuesAndExpressions(t *testing.T) {
	c := &bindCounter{n: 1}
	assert.Equal(t, 3, bind(c.add)(2))
	assert.Equal(t, "bound", c.store)
	get := bind(c.get)
	c.n = 99
	assert.Equal(t, 3, get(), "a method value copies its receiver when it is made")
	assert.Equal(t, 100, bind((*bindCounter).add)(c, 1))
	assert.Equal(t, 100, bind(bindCounter.get)(*c))
	var r io.Reader = strings.NewReader("reader")
	n, err := bind(r.Read)(make([]byte, 3))
	assert.NoError(t, err)
	assert.Equal(t, 3, n)
	assert.Equal(t, "EOF", bind(error.Error)(io.EOF))
}

// A bound function that calls itself, in the same and in other goroutines.
func TestBoundFunctionIsReentrant(t *testing.T) {
	var f func(int) int
	f = bind(func(n int) int {
		if n == 0 {
			return 0
		}
		inside(t)
		defer wantStore(t, &bindStore, "changed inside")
		if n%7 == 0 {
			var sum int
			testkit.InGoroutine(func() { sum = f(n - 1) })
			return n + sum
		}
		return n + f(n-1)
	})
	outside(t, func() { assert.Equal(t, 5050, f(100)) })
}

func TestBoundFunctionIsCalledConcurrently(t *testing.T) {
	var s als.Storage[int]
	shaped := bind(func(n int) int { inside(t); return n + len(bindStore.Get()) })
	plain := bind(func() { inside(t) })
	reflected := bind(func(a, b int) int { inside(t); return a * b })
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.EnterWith(g)
			bindStore.EnterWith("caller")
			for i := range testkit.ScaledByG(t, 500) {
				if got := shaped(i); got != i+len("changed inside") {
					t.Errorf("shaped(%d) = %d, want %d", i, got, i+len("changed inside"))
				}
				plain()
				if got := reflected(i, g); got != i*g {
					t.Errorf("reflected(%d, %d) = %d, want %d", i, g, got, i*g)
				}
				if s.Get() != g || bindStore.Get() != "caller" {
					t.Errorf("the caller sees %d and %q, want %d and %q", s.Get(), bindStore.Get(), g, "caller")
				}
			}
		}()
	}
	wg.Wait()
}

// The arguments and results are reachable only through the call while the
// collector runs and the stack moves.
func TestArgumentsAndResultsOfBoundFunctionsSurviveGC(t *testing.T) {
	type object struct {
		id   int
		fill [10]*int
	}
	fresh := func(i int) *object { return &object{id: i} }
	stress := func() { runtime.GC(); growStack(100); runtime.GC() }
	pointer := bind(func(p *object) *object { stress(); return fresh(p.id + 1) })
	iface := bind(func(a any) any { stress(); return fresh(a.(*object).id + 1) })
	text := bind(func(s string) string { stress(); return fmt.Sprint(len(s)) })
	two := bind(func(e error, p *object) error { stress(); return fmt.Errorf("%w %d", e, p.id) })
	many := bind(func(a *object, b []*object, c map[int]*object) (*object, []*object) {
		stress()
		return fresh(a.id + b[0].id + c[0].id), []*object{fresh(b[0].id)}
	})
	variadic := bind(func(a ...*object) *object { stress(); return fresh(a[0].id + a[1].id) })
	for i := range 8 {
		var wg sync.WaitGroup
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				p := pointer(fresh(i))
				a := iface(fresh(i))
				s := text(strings.Repeat("x", i))
				e := two(fmt.Errorf("error %d", i), fresh(i))
				m, l := many(fresh(i), []*object{fresh(i)}, map[int]*object{0: fresh(i)})
				v := variadic(fresh(i), fresh(i))
				stress()
				assert.Equal(t, i+1, p.id)
				assert.Equal(t, i+1, a.(*object).id)
				assert.Equal(t, fmt.Sprint(i), s)
				assert.EqualError(t, e, fmt.Sprintf("error %d %d", i, i))
				assert.Equal(t, 3*i, m.id)
				assert.Equal(t, i, l[0].id)
				assert.Equal(t, 2*i, v.id)
			}()
		}
		wg.Wait()
	}
}

// growStack makes the stack move, and frees the memory of the old one.
//
//go:noinline
func growStack(n int) byte {
	var frame [1 << 10]byte
	frame[n%len(frame)] = byte(n)
	if n == 0 {
		return frame[0]
	}
	return growStack(n-1) + frame[(n*7)%len(frame)]
}

func TestPanicAndGoexitInABoundFunctionOfEveryShape(t *testing.T) {
	var unwind func()
	for what, call := range map[string]func(){
		"func()":              bind(func() { unwind() }),
		"func() int":          func() { bind(func() int { unwind(); return 0 })() },
		"func(string)":        func() { bind(func(string) { unwind() })("") },
		"func(any) any":       func() { bind(func(any) any { unwind(); return nil })(nil) },
		"http.HandlerFunc":    func() { bind(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { unwind() }))(nil, nil) },
		"func(any, str) err":  func() { bind(func(any, string) error { unwind(); return nil })(nil, "") },
		"func(...int)":        func() { bind(func(...int) { unwind() })() },
		"func(int, int) bool": func() { bind(func(int, int) bool { unwind(); return true })(1, 2) },
		"any":                 func() { bind[any](func() { unwind() }).(func())() },
	} {
		unwind = func() { inside(t); panic("unwind") }
		outside(t, func() { assert.Equal(t, "unwind", testkit.Caught(call), what) })
		unwind = func() { inside(t); runtime.Goexit() }
		testkit.InGoroutine(func() {
			defer wantStore(t, &bindStore, "caller", what)
			bindStore.EnterWith("caller")
			call()
			t.Errorf("%s returned after a Goexit", what)
		})
	}
}

// context.AfterFunc runs its function in a goroutine that the canceller starts.
func TestBindForContextAfterFunc(t *testing.T) {
	var s als.Storage[string]
	ctx, cancel := context.WithCancel(context.Background())
	seen := make(chan string)
	s.Run("registered", func() {
		context.AfterFunc(ctx, als.Bind(func() { seen <- s.Get() }))
		context.AfterFunc(ctx, func() { seen <- s.Get() })
	})
	s.Run("canceled", cancel)
	unbound := ""
	if inheriting {
		unbound = "canceled"
	}
	assert.ElementsMatch(t, []string{"registered", unbound}, []string{<-seen, <-seen})
}

func TestBindForTimeAfterFuncAndOnceFunc(t *testing.T) {
	var s als.Storage[string]
	seen := make(chan string)
	var once func() string
	s.Run("bound", func() {
		time.AfterFunc(0, als.Bind(func() { seen <- s.Get() }))
		once = sync.OnceValue(als.Bind(s.Get))
	})
	assert.Equal(t, "bound", <-seen)
	s.Run("caller", func() { assert.Equal(t, "bound", once()) })
}
