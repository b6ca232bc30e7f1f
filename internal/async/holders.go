package async

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// A Holder is a goroutine that holds stores.
type Holder struct {
	Goroutine uint64
	Stores    []string // what DescriptionOf says of their keys
}

// Holders returns the goroutines, other than the caller's, that hold stores. void says
// of a store that it keeps nothing and does not count. Holders is for tests that look
// for what was left behind. It reads other goroutines' records without
// synchronization: the answer is exact for goroutines that are parked, a guess for
// others.
//
// The race detector would report those reads. Under it every goroutine counts that has
// a record, that is, one in a Run, a context or an async scope, or with stores, and the
// stores are not known.
func Holders(void func(store any) bool) []Holder {
	own := goroutine.ID()
	type candidate struct {
		Holder
		gp uintptr
	}
	var found []candidate
	records.Range(func(e *table.Entry) bool {
		if id, ok := e.Owner(); ok && id != own {
			if stores, holds := recordOf(e).peek(e.G(), id, void); holds {
				found = append(found, candidate{Holder{id, stores}, e.G()})
			}
		}
		return true
	})
	var census g.Census
	census.Take() // now, so that it knows all of them
	var holders []Holder
	for _, h := range found {
		if census.Alive(h.gp, h.Goroutine) {
			holders = append(holders, h.Holder)
		}
	}
	return holders
}

// Held returns the descriptions of the keys of which the caller holds stores.
func Held(void func(store any) bool) []string {
	r := current()
	if r == nil {
		return nil
	}
	return Context{cells: r.cells, mask: r.mask}.Held(void)
}

// Held returns the descriptions of the keys of which the context holds stores.
func (c Context) Held(void func(store any) bool) (stores []string) {
	if c.cells == nil {
		return nil
	}
	for i := range arraySize(c.mask) {
		if cell := cellAt(c.cells, c.mask, Token(i)<<indexShift, 0); cell.holds(void) {
			stores = append(stores, DescriptionOf(cell.token.index()))
		}
	}
	return stores
}

// mayHold reports whether the token of a cell is that of a store that is current.
func (c *Cell) mayHold() bool {
	return !c.token.IsVacant() && !registry.unknown(c.token) && !registry.stale(c.token)
}

// holds reports whether a cell holds a store that is current, has not been revoked and
// is not void.
func (c *Cell) holds(void func(store any) bool) bool {
	if !c.mayHold() {
		return false
	}
	p := c.resolve(c.token)
	if p == nil {
		return false
	}
	switch t := typeOf(c.token.index()); {
	case t == nil:
		return false // the key has been collected
	case t.Kind() == reflect.Interface || t.Kind() == reflect.Pointer: // others are never void
		return !void(reflect.NewAt(t, p).Elem().Interface())
	default:
		return true
	}
}

// peek looks at the record of another goroutine, without any order between the two.
// What it reads may be out of date by the time that it is used; it must not be read out
// of bounds. An array of cells keeps its length, so it is enough that pointer and mask
// belong together, which they do if both are the same when read again: for anything
// else the owner would have to go back and forth between two contexts in between the
// four loads.
func (r *Record) peek(gp uintptr, id uint64, void func(store any) bool) (stores []string, holds bool) {
	if race.Enabled {
		return nil, true
	}
	load := func() (*Cell, uint32) {
		return (*Cell)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&r.cells)))), atomic.LoadUint32(&r.mask)
	}
	for range 100 {
		cells, mask := load()
		if again, m := load(); again != cells || m != mask {
			continue
		}
		for i := range arraySize(mask) {
			c, whole := cellAt(cells, mask, Token(i)<<indexShift, 0).peek(gp, id)
			if whole && c.holds(void) || !whole && c.mayHold() {
				stores = append(stores, DescriptionOf(c.token.index()))
			}
		}
		return stores, stores != nil
	}
	return nil, true // it is busy with contexts
}

// peek returns a copy of a cell that another goroutine owns, and whether the copy is
// whole: the words of a store belong together, so that it can be looked at. The owner
// may be stopped anywhere, also between two words. It is not while it is parked, which
// is asked before and after, and nothing may have changed in between.
func (c *Cell) peek(gp uintptr, id uint64) (was Cell, whole bool) {
	waits := g.Waits(gp, id)
	was = c.words()
	return was, waits && was == c.words() && g.Waits(gp, id)
}

// words copies a cell word by word. It loads the token by halves, because on 32 bits a
// cell is not aligned for more.
func (c *Cell) words() (was Cell) {
	from, to := (*[2]uint32)(unsafe.Pointer(&c.token)), (*[2]uint32)(unsafe.Pointer(&was.token))
	to[0], to[1] = atomic.LoadUint32(&from[0]), atomic.LoadUint32(&from[1])
	was.scalar = atomic.LoadUintptr(&c.scalar)
	was.ptr = atomic.LoadPointer(&c.ptr)
	was.length = atomic.LoadUintptr(&c.length)
	return was
}

// unknown reports whether a token is none that was given out: the halves of one that
// is being written may look the same twice.
func (ks *keys) unknown(t Token) bool { return int(t.index()) >= len(*ks.tokens.Load()) }
