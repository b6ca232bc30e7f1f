package async

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// A variable is a key with stores of type T: an als.Storage without its API.
type variable[T any] struct {
	key     Key
	_       *T // a pointer, so that variables are not packed into one block of memory
	revoke  bool
	inherit Inheritance
}

func (v *variable[T]) token() Token {
	if t := v.key.Token(); t != 0 {
		return t
	}
	return v.key.Use(reflect.TypeFor[T](), KeyOptions{Revoke: v.revoke, Inherit: v.inherit})
}

func (v *variable[T]) put(c *Cell, t Token, store T, alone bool) {
	if t.Boxed() && !c.TryInPlace(t, alone) {
		v.putBox(c, t, store, alone)
		return
	}
	*(*T)(c.Addr(t)) = store
}

func (v *variable[T]) putBox(c *Cell, t Token, store T, alone bool) {
	box := store
	c.PutBox(t, unsafe.Pointer(&box), alone)
}

// set is EnterWith.
func (v *variable[T]) set(store T) {
	t := v.token()
	r, c := CellFor(t)
	c.Prepare(t)
	v.put(c, t, store, false)
	r.BelongsToScope(c, t)
}

// run is Run by a Layer.
func (v *variable[T]) run(store T, fn func()) {
	t := v.token()
	var l Layer
	c := l.Enter(t)
	v.put(c, t, store, true)
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
func (v *variable[T]) scope(store T) Handle {
	t := v.token()
	o := OpenScope(&v.key, t)
	if t.Boxed() {
		v.putBox(o.Cell, t, store, true)
	} else {
		*(*T)(o.Cell.Addr(t)) = store
	}
	return o.Opened(t)
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

// cellsOf returns the record's cells.
func cellsOf(r *Record) []Cell { return unsafe.Slice(r.cells, arraySize(r.mask)) }

// wantSound checks the invariants of a record.
func wantSound(t testing.TB, r *Record) {
	t.Helper()
	size := arraySize(r.mask)
	require.Zero(t, size&(size-1), "%d cells", size)
	if r.has(inlineLent) {
		require.NotSame(t, &r.inline, r.cells, "the inline cell is in use twice")
	}
	if r.has(shared) {
		require.NotSame(t, &r.inline, r.cells, "a context keeps the record")
	}
	if r.has(room) {
		require.True(t, r.has(shared), "only cells of a context have room in front")
	}
	if !r.has(inlineLent) && r.cells != &r.inline {
		require.Zero(t, r.inline, "something is left in the inline cell")
	}
	seen := map[uint32]bool{}
	for i, c := range cellsOf(r) {
		if c.token == 0 {
			require.True(t, c == Cell{}, "an empty cell holds something: %v", c)
			continue
		}
		index := c.token.Index()
		if seen[index] {
			require.FailNow(t, "two cells of one index", "%d", index)
		}
		seen[index] = true
		if c.token.IsVacant() {
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
	if n := r.soleScope(); n != nil {
		require.Equal(t, r.has(scoped), n.open, "the only scope")
		return
	}
	if x := r.someExtras(); x == nil || x.tops.first == nil {
		require.False(t, r.has(scoped), "no scope is open")
		return
	}
	require.True(t, r.has(scoped), "a scope is open")
	marked := 0
	lists := []tops{r.extras().tops}
	if p := r.extras().suspended; p != nil {
		lists = append(lists, *p...)
	}
	for _, l := range lists {
		count := 0
		for s := l.first; s != nil; s = s.next {
			if s.key.Token()&revocable != 0 {
				count++
			}
			if !s.open {
				marked++
			}
		}
		if l.index != nil {
			require.Equal(t, count, l.index.revocable, "scopes that can be revoked")
		}
	}
	require.LessOrEqual(t, marked, int(r.extras().marked), "scopes to be removed")
	if l := &r.extras().tops; l.index != nil {
		count := 0
		for at := (listed{scope: l.first}); at.scope != nil; at = (listed{at.scope.next, at.scope}) {
			require.Equal(t, at, l.index.of[at.scope.key.Token().Index()], "the index of the tops")
			count++
		}
		require.Len(t, l.index.of, count)
	}
	of := map[uint32]bool{}
	for _, n := range r.extras().stacks() {
		index := n[0].key.Token().Index()
		require.False(t, of[index], "two tops of one key")
		of[index] = true
		require.Zero(t, n[0].above, "something lies on a top")
		for i, n := range n[1:] {
			require.Same(t, r.extras().stackAt(index)[i], n.above.Value(), "above is another scope")
			require.Equal(t, index, n.key.Token().Index())
		}
	}
}

// stacks returns the open scopes of each key, the top first.
func (x *extras) stacks() (all [][]*Scope) {
	for top := x.tops.first; top != nil; top = top.next {
		var stack []*Scope
		for n := top; n != nil; n = n.beneath() {
			stack = append(stack, n)
		}
		all = append(all, stack)
	}
	return all
}

func (x *extras) stackAt(index uint32) []*Scope {
	for _, stack := range x.stacks() {
		if stack[0].key.Token().Index() == index {
			return stack
		}
	}
	return nil
}

// scopesOf returns how many scopes are open in the record's current context.
func scopesOf(r *Record) (count int) {
	switch {
	case !r.has(scoped):
		return 0
	case r.soleScope() != nil:
		return 1
	}
	for _, stack := range r.extras().stacks() {
		count += len(stack)
	}
	return count
}
