package loss

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/inheritance"
	"github.com/seed-1938943e/goroutine/internal/labelset"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A variable is a key with stores of one word, as a storage has it.
type variable struct {
	key     async.Key
	inherit async.Inheritance
}

func (v *variable) token() async.Token {
	if t := v.key.Token(); t != 0 {
		return t
	}
	return v.key.Use(reflect.TypeFor[int](), async.KeyOptions{Name: "variable", Inherit: v.inherit})
}

// run calls f in a layer with a store.
func (v *variable) run(store int, f func()) {
	t := v.token()
	var l async.Layer
	c := l.Enter(t)
	*(*int)(c.Addr(t)) = store
	l.Entered(c)
	defer l.Leave()
	f()
	runtime.KeepAlive(v)
}

func (v *variable) isSet() bool { return async.Lookup(&v.key) != nil }

// A log collects the losses that a search reports.
type log struct {
	mu     sync.Mutex
	losses []Loss
}

func (l *log) report(loss Loss) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.losses = append(l.losses, loss)
}

func (l *log) all() []Loss {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.losses)
}

// find starts a search that ends with the test. It skips the test where plain go
// statements carry stores, or where no loss can be found.
func find(t *testing.T) *log {
	t.Helper()
	if inheritance.On() || !CanFind() {
		t.Skip("no loss at a plain go statement can be found here")
	}
	l := new(log)
	t.Cleanup(Find(l.report))
	return l
}

func TestALossAtAPlainGoStatement(t *testing.T) {
	l := find(t)
	var v variable
	creator := goroutine.ID()
	var child uint64
	v.run(1, func() {
		testkit.InGoroutine(func() { child = goroutine.ID(); assert.False(t, v.isSet()) })
	})
	losses := l.all()
	require.Len(t, losses, 1)
	got := losses[0]
	assert.Equal(t, v.token().Index(), got.Key)
	assert.Equal(t, PlainGo, got.Cause)
	assert.Equal(t, child, got.Goroutine)
	assert.Equal(t, creator, got.Creator)
	frames := runtime.CallersFrames(got.PCs)
	var functions []string
	for {
		f, more := frames.Next()
		functions = append(functions, f.Function)
		if !more {
			break
		}
	}
	assert.True(t, slices.ContainsFunc(functions, func(name string) bool { return strings.Contains(name, "isSet") }), functions)
}

func TestNoLossIsReportedWhereNoneHappened(t *testing.T) {
	l := find(t)
	var v, unset variable
	unset.run(1, func() {})
	v.run(1, func() {
		assert.True(t, v.isSet())
		testkit.InGoroutine(func() { unset.isSet() }) // the creator had no such store
		testkit.InGoroutine(func() {
			labels.Set(unsafe.Pointer(labelset.Plain([]labelset.Label{labelset.New("k", "v")})))
			unset.isSet() // nor is it lost to labels
		})
		testkit.InGoroutine(func() { v.run(2, func() { v.isSet() }) })
		testkit.Through(func(f func()) { go async.Task(f)() }, func() { assert.True(t, v.isSet()) })
	})
	testkit.InGoroutine(func() { v.isSet() }) // the layer has ended
	assert.Empty(t, l.all())
}

// A store that no plain go statement is to carry is not lost there.
func TestNoLossOfAStoreThatGoStatementsAreNotToCarry(t *testing.T) {
	l := find(t)
	for _, inherit := range []async.Inheritance{async.InheritExplicit, async.InheritNever} {
		v := variable{inherit: inherit}
		var other variable
		v.run(1, func() {
			other.run(2, func() {
				testkit.InGoroutine(func() {
					assert.False(t, v.isSet())
					assert.False(t, other.isSet())
				})
			})
		})
		losses := l.all()
		require.NotEmpty(t, losses)
		assert.Equal(t, other.token().Index(), losses[len(losses)-1].Key)
	}
	assert.Len(t, l.all(), 2)
}

// The cell that stays for a key's next store holds none: it needs no note in the labels, and a
// timer's goroutine still misses the store that there was.
func TestTheCellThatALayerLeavesIsNoStore(t *testing.T) {
	l := find(t)
	var v, other variable
	testkit.InGoroutine(func() {
		v.run(1, func() {})
		assert.Nil(t, labels.Get(), "it holds no store, so it needs no note")
		other.run(2, func() {}) // notes all cells again
	})
	testkit.Through(func(f func()) { time.AfterFunc(0, f) }, func() { v.isSet() })
	losses := l.all()
	require.Len(t, losses, 1)
	assert.Equal(t, Timer, losses[0].Cause)
}

// A timer's goroutine misses no store of a key that has had none since the search began.
func TestATimersReadOfAKeyWithoutStoresIsNoLoss(t *testing.T) {
	var v variable
	var unused async.Key
	v.run(1, func() {})
	l := find(t)
	testkit.Through(func(f func()) { time.AfterFunc(0, f) }, func() {
		v.isSet()
		_, lost := Of(&unused)
		assert.False(t, lost)
	})
	assert.Empty(t, l.all())
}

// A timer's goroutine misses a store also if it has set labels.
func TestATimersLossIsReportedBesideLabels(t *testing.T) {
	l := find(t)
	var v variable
	testkit.InGoroutine(func() { v.run(1, func() {}) })
	testkit.Through(func(f func()) { time.AfterFunc(0, f) }, func() {
		labels.Set(unsafe.Pointer(labelset.Plain([]labelset.Label{labelset.New("k", "v")})))
		v.isSet()
	})
	losses := l.all()
	require.Len(t, losses, 1)
	assert.Equal(t, Timer, losses[0].Cause)
}

// The labels that a program has set stay while its stores are noted.
func TestNotesKeepTheProgramsLabels(t *testing.T) {
	l := find(t)
	var v, other variable
	want := []labelset.Label{labelset.New("k", "v")}
	shown := func() []labelset.Label { return (*labelset.Set)(labels.Get()).Shown() }
	testkit.InGoroutine(func() {
		labels.Set(unsafe.Pointer(labelset.Plain(want)))
		v.run(1, func() {
			assert.Equal(t, want, shown())
			other.run(2, func() {
				assert.Equal(t, want, shown())
				testkit.InGoroutine(func() {
					v.isSet()
					assert.Equal(t, want, shown())
				})
			})
		})
		assert.Equal(t, want, shown())
	})
	assert.Len(t, l.all(), 1)
}

func TestAGrandchildsLossIsReported(t *testing.T) {
	l := find(t)
	var v, other variable
	v.run(1, func() {
		testkit.InGoroutine(func() {
			other.run(1, func() { testkit.InGoroutine(func() { v.isSet() }) })
		})
	})
	losses := l.all()
	require.Len(t, losses, 1)
	assert.Equal(t, v.token().Index(), losses[0].Key)
}

func TestEachPlaceIsReportedOnceToEachSearch(t *testing.T) {
	first := find(t)
	second := new(log)
	stop := Find(second.report)
	var v variable
	lose := func() { v.run(1, func() { testkit.InGoroutine(func() { v.isSet() }) }) }
	for range 3 {
		lose()
	}
	assert.Len(t, first.all(), 1)
	assert.Len(t, second.all(), 1)
	stop()
	stop() // the second call does nothing
	v.run(1, func() { testkit.InGoroutine(func() { v.isSet() }) })
	assert.Len(t, first.all(), 2, "the search in progress")
	assert.Len(t, second.all(), 1, "the search that was stopped")
}

func TestOfReturnsTheCallersLoss(t *testing.T) {
	find(t)
	var v variable
	v.run(1, func() {
		_, lost := Of(&v.key)
		assert.False(t, lost)
		testkit.InGoroutine(func() {
			l, lost := Of(&v.key)
			assert.True(t, lost)
			assert.Equal(t, PlainGo, l.Cause)
			assert.Empty(t, l.PCs)
		})
	})
}

func TestOfReportsNothingWithoutASearch(t *testing.T) {
	var v variable
	v.run(1, func() {
		testkit.InGoroutine(func() {
			_, lost := Of(&v.key)
			assert.False(t, lost)
		})
	})
}
