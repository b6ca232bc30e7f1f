package designs

import (
	"reflect"
	"unsafe"

	"github.com/petermattis/goid"
	"github.com/seed-1938943e/goroutine/internal/g"
)

// A Storage has a method for each way to look up a store (axis B). Its cells are
// those of Typed.
type Storage[T any] struct {
	key
	none T // the default, once more, for leaves that return nil
}

// NewStorage returns the storage of a cell, with a default. code is 0 or the entry
// of the leaf that [Storage.Reg] and its like are to call.
func NewStorage[T any](index int, code uintptr, def T) *Storage[T] {
	s := &Storage[T]{key: newKey(index, code, valueOffset(reflect.TypeFor[T]())), none: def}
	*(*T)(s.def.at(s.off)) = def // valueOffset has found that a T fits there
	return s
}

// newKey returns a key of the second generation of a cell.
func newKey(index int, code, off uintptr) key {
	i := uintptr(index) * cellSize
	return key{
		code:  code,
		token: 1<<16 | i, // in the library: 1<<32
		off:   off,
		near:  unsafe.Offsetof(record{}.nearCells) + i,
	}
}

// at returns the address in a cell at which a value starts.
func (c *cell) at(off uintptr) unsafe.Pointer {
	// Inside the cell: off is the offset of one of its fields.
	return unsafe.Add(unsafe.Pointer(c), off)
}

// valueOffset returns the offset in a cell of a value of type t, 0 if it does not fit.
func valueOffset(t reflect.Type) uintptr {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String:
		return unsafe.Offsetof(cell{}.p)
	case reflect.Interface,
		reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64:
		return unsafe.Offsetof(cell{}.w0)
	}
	return 0
}

// Set sets a store in each cell of the caller's record that a design reads.
func (s *Storage[T]) Set(v T) {
	r := self()
	for _, c := range []*cell{r.far(s.token), r.near(s.near)} {
		c.token = s.token
		*(*T)(c.at(s.off)) = v // as in NewStorage
	}
}

// fallback returns the default.
func (s *Storage[T]) fallback() T { return *(*T)(s.def.at(s.off)) } // as NewStorage wrote it

// read returns the store in a record, or the default if the token of the cell is
// another.
func (s *Storage[T]) read(r *head) T {
	if c := r.far(s.token); c.token == s.token {
		return *(*T)(c.at(s.off)) // the token says that Set of s wrote it
	}
	return s.fallback()
}

// GoTable is Go code around an assembly read of g, with the growable table.
func (s *Storage[T]) GoTable() T {
	gp, id := g.Self()
	t := current
	for i := hash(gp); ; i++ {
		r := *t.slot(i)
		if r == nil {
			return s.fallback()
		}
		if r.goid == id {
			return s.read(r)
		}
	}
}

// GoDirect is GoTable with the 65,536 records of byHash in front.
func (s *Storage[T]) GoDirect() T {
	gp, id := g.Self()
	if r := byHash[uint16(hash(gp))]; r != nil && r.goid == id {
		return s.read(r)
	}
	return s.GoTable()
}

// GoidDirect has the goid as key, which petermattis/goid reads.
func (s *Storage[T]) GoidDirect() T {
	id := uint64(goid.Get())
	if r := byGoid[uint16(id)]; r != nil && r.goid == id {
		return s.read(r)
	}
	return s.GoTable()
}

// SyncMap has the goid as key and a sync.Map as table.
func (s *Storage[T]) SyncMap() T {
	if r, ok := records.Load(uint64(goid.Get())); ok {
		return s.read(r.(*head))
	}
	return s.fallback()
}
