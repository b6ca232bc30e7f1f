package async

import (
	"cmp"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// A Holder is a goroutine that has a record with stores.
type Holder struct {
	Goroutine uint64
	G         uintptr

	// Exact reports that the goroutine was parked while its record was read. Otherwise
	// Stores is a guess, or nil.
	Exact  bool
	Stores []HeldStore

	// Captured is the address of the cells if a Context has them, too, else 0.
	Captured uintptr
}

// A HeldStore is a store in a record.
type HeldStore struct {
	Key   *KeyInfo
	Label string // from als.Options.Label; "" in a guess
	Ended bool   // it was revoked or is void, so it keeps nothing alive; false in a guess
}

// KeyInfo describes a key. Two keys may have the same name and type.
type KeyInfo struct {
	Index uint32
	Name  string
	Type  reflect.Type
}

// String returns the key's name, or the type of its stores if it has none.
func (k *KeyInfo) String() string { return cmp.Or(k.Name, k.Type.String()) }

// Holders returns the goroutines, other than the caller's, that hold stores. void must
// report whether a store keeps nothing alive. Holders is for tests and inspectors. It
// reads other goroutines' records without synchronization: the answer is exact for
// goroutines that are parked, a guess for others. It costs half a microsecond a goroutine.
//
// The race detector would report those reads. Under it every goroutine with a record is a
// Holder, without Stores: one in a Run, a context or an async scope, or with stores.
func Holders(void func(store any) bool) []Holder {
	own := goroutine.ID()
	found := make([]Holder, 0, records.Stats().Entries)
	l := look{void: void, keys: make(map[Token]*KeyInfo), stores: make([]HeldStore, 0, cap(found))}
	records.Range(func(e *table.Entry) bool {
		if id, ok := e.Owner(); ok && id != own {
			found = append(found, Holder{Goroutine: id, G: e.G()})
			if last := len(found) - 1; !l.into(recordOf(e), &found[last]) {
				found = found[:last]
			}
		}
		return true
	})
	var census g.Census
	census.Take() // now, so that it knows all of them
	// A goroutine may have removed its record meanwhile and made another.
	seen := make(map[uint64]bool, len(found))
	return slices.DeleteFunc(found, func(h Holder) bool {
		twice := seen[h.Goroutine]
		seen[h.Goroutine] = true
		return twice || !census.Alive(h.G, h.Goroutine)
	})
}

// Records returns what the table of records uses.
func Records() table.Stats { return records.Stats() }

// Held returns the descriptions of the keys of which the caller holds stores.
func Held(void func(store any) bool) []string {
	r := Current()
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
			stores = append(stores, DescriptionOf(cell.token.Index()))
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
	k := infoOf(c.token)
	return k != nil && c.keepsAlive(k.Type, void)
}

// keepsAlive reports whether the store in a cell, which is of type t, has not been revoked
// and is not void.
func (c *Cell) keepsAlive(t reflect.Type, void func(store any) bool) bool {
	p := c.resolve(c.token)
	if p == nil {
		return false
	}
	if t.Kind() == reflect.Interface || t.Kind() == reflect.Pointer { // others are never void
		return !void(reflect.NewAt(t, p).Elem().Interface())
	}
	return true
}

// A look is one call of Holders.
type look struct {
	void   func(store any) bool
	keys   map[Token]*KeyInfo // nil for a stale token
	cell   Cell               // a copy, here because a local variable would escape
	stores []HeldStore        // of all holders so far
}

// into reads the record of another goroutine, without any order between the two, and
// reports whether it holds stores. The result may be out of date. An array of cells keeps
// its length, so reads stay inside it if pointer and mask belong together. They do while
// the owner is parked: nothing between its two writes can park it. Both are loaded twice,
// and the inline cell is known to be one. If the owner runs, the two loads may still agree
// on words that do not belong together: it may be stopped between its writes, or switch back
// and forth between our loads. Tokens behind the shorter array are then read, and no more:
// a holder is Exact only if its owner was parked between the two loads. Both would have to
// come between the same two writes of the owner, one before it parked and one after.
func (l *look) into(r *Record, h *Holder) (holds bool) {
	if race.Enabled {
		return true
	}
	load := func() (*Cell, uint32) {
		cells, mask := (*Cell)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&r.cells)))), atomic.LoadUint32(&r.mask)
		switch cells {
		case nil: // of the zero Context, for which the owner is about to write &noCells
			return &noCells, 0
		case &r.inline, &noCells:
			mask = 0 // even if the owner has not written it yet
		}
		return cells, mask
	}
	for range 100 {
		cells, mask := load()
		h.Exact = g.Waits(h.G, h.Goroutine)
		if again, m := load(); again != cells || m != mask {
			continue
		}
		if flags(atomic.LoadUint32((*uint32)(&r.flags)))&shared != 0 && cells != &noCells {
			h.Captured = uintptr(unsafe.Pointer(cells))
		}
		before := len(l.stores)
		for i := range arraySize(mask) {
			c := cellAt(cells, mask, Token(i)<<indexShift, 0)
			if !c.loadToken().IsVacant() {
				l.intoCell(c, h)
			}
		}
		h.Exact = h.Exact && g.Waits(h.G, h.Goroutine)
		h.Stores = slices.Clip(l.stores[before:])
		return len(h.Stores) > 0
	}
	h.Exact = false
	return true // it kept switching contexts
}

// intoCell adds the store in a cell of the holder. It reads more than the token only if
// the holder is Exact, and follows the cell to the store only if the words of its copy
// belong together.
func (l *look) intoCell(c *Cell, h *Holder) {
	if h.Exact {
		l.cell, h.Exact = c.peek(h.G, h.Goroutine)
	} else {
		l.cell = Cell{token: c.loadToken()}
	}
	if !l.cell.mayHold() || h.Exact && l.cell.unfinished() {
		return
	}
	key := l.key(l.cell.token)
	if key == nil {
		return
	}
	s := HeldStore{Key: key}
	if h.Exact {
		_, s.Label = l.cell.Label()
		s.Ended = !l.cell.keepsAlive(key.Type, l.void)
	}
	l.stores = append(l.stores, s)
}

// key describes the key with a token.
func (l *look) key(t Token) *KeyInfo {
	k, known := l.keys[t]
	if !known {
		k = infoOf(t)
		l.keys[t] = k
	}
	return k
}

// unfinished reports whether the copy of a cell has a token and no store yet. The owner
// may be parked there: it allocates the store's box, and may have to assist the collector.
func (c *Cell) unfinished() bool { return c.token.Boxed() && c.ptr == nil && !c.markedInPlace() }

// peek returns a copy of a cell that another goroutine owns, and whether the copy is
// whole: the words of a store belong together, so that it can be looked at. The owner
// may be stopped anywhere, also between two words, but not while it is parked. So the
// copy is whole if the owner is parked before and after and no word has changed. If the
// owner is not parked before, the copy has only the token.
func (c *Cell) peek(gp uintptr, id uint64) (was Cell, whole bool) {
	if !g.Waits(gp, id) {
		return Cell{token: c.loadToken()}, false
	}
	was = c.loadWords()
	return was, was == c.loadWords() && g.Waits(gp, id)
}

// loadWords copies a cell word by word.
func (c *Cell) loadWords() (was Cell) {
	was.token = c.loadToken()
	was.scalar = atomic.LoadUintptr(&c.scalar)
	was.ptr = atomic.LoadPointer(&c.ptr)
	was.length = atomic.LoadUintptr(&c.length)
	return was
}

// loadToken loads the token by halves, because on 32 bits a cell is not aligned for more.
func (c *Cell) loadToken() (t Token) {
	from, to := (*[2]uint32)(unsafe.Pointer(&c.token)), (*[2]uint32)(unsafe.Pointer(&t))
	to[0], to[1] = atomic.LoadUint32(&from[0]), atomic.LoadUint32(&from[1])
	return t
}

// unknown reports whether a token's index was never allocated: it may have been read by
// halves while its owner wrote it.
func (ks *keys) unknown(t Token) bool { return int(t.Index()) >= len(*ks.tokens.Load()) }
