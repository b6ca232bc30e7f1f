package async

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// A variable is a key with stores of type T: what als.Storage is, less the API.
type variable[T any] struct {
	key    Key
	_      *T // so that the collector sees each one by itself
	revoke bool
}

func (v *variable[T]) token() Token {
	if t := v.key.Token(); t != 0 {
		return t
	}
	return v.key.Use(reflect.TypeFor[T](), KeyOptions{Revoke: v.revoke})
}

func (v *variable[T]) put(c *Cell, t Token, store T, alone bool) {
	if t.Boxed() {
		box := store
		c.PutBox(t, unsafe.Pointer(&box), alone)
	} else {
		*(*T)(c.Store(t)) = store
	}
}

// set is EnterWith.
func (v *variable[T]) set(store T) {
	t := v.token()
	_, c := Claim(t)
	c.Swap(t)
	v.put(c, t, store, false)
}

// run is Run by a Layer.
func (v *variable[T]) run(store T, fn func()) {
	t := v.token()
	var l Layer
	c := l.Enter(t)
	v.put(c, t, store, true)
	if t.Boxed() {
		l.Revocable(c)
	}
	defer l.Leave()
	fn()
	runtime.KeepAlive(v)
}

// exit is Exit.
func (v *variable[T]) exit(fn func()) {
	var l Layer
	l.EnterEmpty(v.token())
	defer l.Leave()
	fn()
	runtime.KeepAlive(v)
}

// scope is WithScope.
func (v *variable[T]) scope(store T) *Scope {
	t := v.token()
	n, c := OpenScope(t)
	n.Keep(&v.key)
	v.put(c, t, store, true)
	if t.Boxed() {
		n.Revocable(c)
	}
	return n
}

func (v *variable[T]) get() (store T, ok bool) {
	p := Lookup(&v.key)
	if p == nil {
		return store, false
	}
	return *(*T)(p), true
}

func (v *variable[T]) want(t testing.TB, store T, msg ...any) {
	t.Helper()
	got, ok := v.get()
	require.True(t, ok, msg...)
	require.Equal(t, store, got, msg...)
}

func (v *variable[T]) wantNone(t testing.TB, msg ...any) {
	t.Helper()
	got, ok := v.get()
	require.False(t, ok, "a store %v, want none %v", got, msg)
}

// enter runs fn in a context.
func enter(c Context, fn func()) {
	defer c.Enter().Leave()
	fn()
}

// cellsOf returns the cells of the calling goroutine.
func cellsOf(r *Record) []Cell { return unsafe.Slice(r.cells, arraySize(r.mask)) }

// wantSound checks what holds for the cells of a record between any two steps.
func wantSound(t testing.TB, r *Record) {
	t.Helper()
	size := arraySize(r.mask)
	require.Zero(t, size&(size-1), "%d cells", size)
	if r.away {
		require.NotSame(t, &r.inline, r.cells, "the inline cell is in use twice")
	}
	if r.shared {
		require.NotSame(t, &r.inline, r.cells, "a context keeps the record")
	}
	if !r.away && r.cells != &r.inline {
		require.Zero(t, r.inline, "something is left in the inline cell")
	}
	seen := map[uint32]bool{}
	for i, c := range cellsOf(r) {
		if c.token == 0 {
			require.True(t, c == Cell{}, "an empty cell holds something: %v", c)
			continue
		}
		index := c.token.index()
		if seen[index] {
			require.FailNow(t, "two cells of one index", "%d", index)
		}
		seen[index] = true
		if c.token.isClaim() {
			require.True(t, c == Cell{token: c.token}, "a cell without a store holds something: %v", c)
			continue
		}
		place := (uint32(i) - index) & (size - 1)
		if place >= maxProbe {
			require.FailNow(t, "a cell too far from home", "index %d, %d places", index, place)
		}
		for p := range place {
			if cellAt(r.cells, r.mask, c.token, p).token == 0 {
				require.FailNow(t, "a cell behind an empty one", "index %d", index)
			}
		}
	}
	var older *Scope
	for n := r.scopes; n != nil; n = n.older {
		require.GreaterOrEqual(t, n.covered, int32(0))
		require.NotSame(t, older, n, "a loop in the scopes")
		require.Same(t, r, n.rec)
		older = n
	}
}
