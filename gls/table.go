package gls

import (
	"iter"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// A Table maps goroutines to values, one *T each. The zero Table is empty and
// ready for use by any number of goroutines. It must not be copied after first
// use.
//
// Load, Store and Delete access the caller's own value. In the terms of the Go
// memory model a Store synchronizes before a [Table.All] that yields its value. No
// other method sees another goroutine's value.
type Table[T any] struct {
	_       noCopy
	entries table.Table
}

// An entry is what the table holds for a goroutine. Delete leaves it in place,
// without a value, for the next Store.
type entry[T any] struct {
	table.Entry
	value atomic.Pointer[T] // written by the owner, read by All and Len too
}

// of returns the entry that starts with e. Sound because this package inserts
// nothing but entries, whose first field e is.
func of[T any](e *table.Entry) *entry[T] { return (*entry[T])(unsafe.Pointer(e)) }

// Load returns the caller's value, nil if it has none. It is wait-free, does not
// allocate, and never returns another goroutine's value.
func (t *Table[T]) Load() *T {
	if e := t.entries.Find(g.Self()); e != nil {
		return of[T](e).value.Load()
	}
	return nil
}

// Store makes v the caller's value. Storing nil is like [Table.Delete]. It is
// lock-free. The first Store on a g allocates an entry of 24 bytes; later ones,
// also of later goroutines on that g, allocate nothing.
func (t *Table[T]) Store(v *T) {
	gp, id := g.Self()
	if e := t.entries.Find(gp, id); e != nil {
		of[T](e).value.Store(v)
		return
	}
	if v == nil {
		return
	}
	if e := t.entries.TakeOver(gp, table.Claimed); e != nil {
		of[T](e).value.Store(v)
		e.Settle(id) // after the value: All trusts the value once it sees the ID
		return
	}
	e := new(entry[T])
	e.Init(gp, id)
	e.value.Store(v)
	t.entries.Insert(&e.Entry)
}

// Delete removes the caller's value. Without one it does nothing.
func (t *Table[T]) Delete() { t.Store(nil) }

// Len returns the number of live goroutines that have a value. It walks the
// table, so it costs a few nanoseconds per entry.
func (t *Table[T]) Len() int {
	n := 0
	for range t.All() {
		n++
	}
	return n
}

// All returns an iterator over the goroutine IDs and values of all live
// goroutines that have one, in no order. Like [sync.Map.Range] it is no snapshot:
// it yields no goroutine twice, but it may miss a value that is stored or deleted
// meanwhile. The goroutine may use its value at the same time. The walk costs a few
// nanoseconds per entry.
func (t *Table[T]) All() iter.Seq2[uint64, *T] {
	return func(yield func(uint64, *T) bool) {
		var census g.Census
		t.entries.Range(func(e *table.Entry) bool {
			id, owned := e.Owner()
			v := of[T](e).value.Load()
			// The owner is loaded again after the value. If it is still the same,
			// so was the entry: no ID is used twice.
			if again, _ := e.Owner(); !owned || v == nil || again != id {
				return true
			}
			census.Take() // or each entry of an exited goroutine would take a traceback
			if !census.Alive(e.G(), id) {
				return true
			}
			census.Forget(id)
			return yield(id, v)
		})
	}
}

// noCopy makes go vet complain about copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
