package designs

import (
	"reflect"
	"unsafe"
)

// The layouts of a cell (axis A). All use the same leaf, abi0Cell, and far cells of
// the same size; Near is the exception. Each has
//
//	Get   the read
//	Set   a store that stays, for setting up
//	Nest  the steps of a nested Run: find the cell, save, set, call fn, restore
//
// Nest does without the deferred call of Run; [Typed.NestDefer] has it.

// Boxed is layout 1: the cell holds a *T, and Run allocates it.
type Boxed[T any] struct{ key }

// NewBoxed returns a storage with a default.
func NewBoxed[T any](index int, def T) *Boxed[T] {
	s := &Boxed[T]{newKey(index, 0, unsafe.Offsetof(cell{}.p))}
	s.def.p = unsafe.Pointer(&def) // a box
	return s
}

func (s *Boxed[T]) Get() T { return **(**T)(abi0Cell(&s.key)) } // p is a *T in all cells of s

func (s *Boxed[T]) Set(v T) {
	c := abi0Slot(&s.key)
	c.token, c.p = s.token, unsafe.Pointer(&v) // a box
}

func (s *Boxed[T]) Nest(v T, fn func()) {
	c := abi0Slot(&s.key)
	token, p := c.token, c.p
	c.token, c.p = s.token, unsafe.Pointer(&v) // v moves to the heap: the box
	fn()
	c.token, c.p = token, p
}

// Any is layout 2: the cell holds an any, and a read asserts its type.
type Any[T any] struct{ key }

// NewAny returns a storage with a default.
func NewAny[T any](index int, def T) *Any[T] {
	s := &Any[T]{newKey(index, 0, unsafe.Offsetof(cell{}.w0))}
	*s.def.any() = def
	return s
}

// any returns the words w0 and p as an interface, which has these words.
func (c *cell) any() *any { return (*any)(unsafe.Pointer(&c.w0)) }

func (s *Any[T]) Get() T {
	v, _ := (*(*any)(abi0Cell(&s.key))).(T) // the words from w0 on, see cell.any
	return v
}

func (s *Any[T]) Set(v T) {
	c := abi0Slot(&s.key)
	c.token, *c.any() = s.token, v
}

func (s *Any[T]) Nest(v T, fn func()) {
	c := abi0Slot(&s.key)
	token, old := c.token, *c.any()
	c.token, *c.any() = s.token, v
	fn()
	c.token, *c.any() = token, old
}

// PointerOrBox is layout 3: a pointer is in the cell, any other value in a box.
type PointerOrBox[T any] struct {
	key
	direct bool // T is a pointer
}

// NewPointerOrBox returns a storage with a default.
func NewPointerOrBox[T any](index int, def T) *PointerOrBox[T] {
	s := &PointerOrBox[T]{key: newKey(index, 0, unsafe.Offsetof(cell{}.p))}
	s.direct = reflect.TypeFor[T]().Kind() == reflect.Pointer
	s.def.p = s.word(def)
	return s
}

// word returns the word p of the cell for a value.
func (s *PointerOrBox[T]) word(v T) unsafe.Pointer {
	if s.direct {
		// The check is on the size, so that this is not compiled for larger ones.
		if unsafe.Sizeof(v) == unsafe.Sizeof(uintptr(0)) {
			return *(*unsafe.Pointer)(unsafe.Pointer(&v)) // T is a pointer
		}
	}
	box := new(T)
	*box = v
	return unsafe.Pointer(box) // a *T
}

func (s *PointerOrBox[T]) Get() T {
	p := abi0Cell(&s.key)
	if !s.direct {
		p = *(*unsafe.Pointer)(p) // the box
	}
	return *(*T)(p) // in the box or, a pointer, in the cell
}

func (s *PointerOrBox[T]) Set(v T) {
	c := abi0Slot(&s.key)
	c.token, c.p = s.token, s.word(v)
}

func (s *PointerOrBox[T]) Nest(v T, fn func()) {
	c := abi0Slot(&s.key)
	token, p := c.token, c.p
	c.token, c.p = s.token, s.word(v)
	fn()
	c.token, c.p = token, p
}

// Typed is layout 4: a value of at most two words of a known kind is in the cell, any
// other value in a box. Its leaf is abi0Store, because a test for the box in Get made
// Get too large to be inlined.
type Typed[T any] struct{ key }

// NewTyped returns a storage with a default.
func NewTyped[T any](index int, def T) *Typed[T] {
	off := valueOffset(reflect.TypeFor[T]())
	s := &Typed[T]{newKey(index, 0, off)}
	if off == 0 {
		s.boxed = 1
	}
	s.put(&s.def, def)
	return s
}

func (s *Typed[T]) Get() T { return *(*T)(abi0Store(&s.key)) } // in the cell or in the box, as put left it

// put stores v in a cell.
func (s *Typed[T]) put(c *cell, v T) {
	if s.boxed != 0 {
		box := new(T)
		*box = v
		c.p = unsafe.Pointer(box) // a *T
		return
	}
	*(*T)(c.at(s.off)) = v // with write barriers for the words of T that are pointers
}

func (s *Typed[T]) Set(v T) {
	c := abi0Slot(&s.key)
	c.token = s.token
	s.put(c, v)
}

func (s *Typed[T]) Nest(v T, fn func()) {
	c := abi0Slot(&s.key)
	old := *c
	c.token = s.token
	s.put(c, v)
	fn()
	*c = old
}

// NestDefer is Nest with a deferred call, as Run needs it.
func (s *Typed[T]) NestDefer(v T, fn func()) {
	c := abi0Slot(&s.key)
	old := *c
	defer func() { *c = old }()
	c.token = s.token
	s.put(c, v)
	fn()
}

// Near is layout 4 with near cells, and leaves that are entered through a func
// value.
type Near[T any] struct{ Typed[T] }

// NewNear returns a storage with a default. Value can read it if valueLeaf knows the
// kind of T.
func NewNear[T any](index int, def T) *Near[T] {
	s := &Near[T]{*NewTyped(index, def)}
	s.code = valueLeaf(reflect.TypeFor[T]())
	return s
}

func (s *Near[T]) Get() T {
	p, _ := storeByArg(&s.key)
	return *(*T)(p) // in the cell or in the box, as put left it
}

// Value is Get with a leaf that returns the store itself, in registers.
func (s *Near[T]) Value() T {
	k := &s.key
	if k.code == 0 {
		var zero T
		return zero
	}
	return (*(*func() T)(unsafe.Pointer(&k)))() // sound as in Storage.RegValue
}

// slotByArg is to near cells what abi0Slot is to far ones.
var slotByArg = funcOf[func(*key) *cell](&regSlot)

func (s *Near[T]) Set(v T) {
	c := slotByArg(&s.key)
	c.token = s.token
	s.put(c, v)
}

func (s *Near[T]) Nest(v T, fn func()) {
	c := slotByArg(&s.key)
	old := *c
	c.token = s.token
	s.put(c, v)
	fn()
	*c = old
}
