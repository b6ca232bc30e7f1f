package designs

import (
	"reflect"
	"unsafe"
)

// The lookups of axis B that call a leaf. A leaf returns the address of a T that Set
// or NewStorage wrote, and the caller reads it at once. So the conversions to *T
// below, each marked with (leaf), are sound.
//
// The leaves that are called by name come first.

// AsmRecord has a leaf down to the record and reads the cell in Go.
func (s *Storage[T]) AsmRecord() T {
	if r := abi0Record(); r != nil {
		return s.read(r)
	}
	return s.fallback()
}

// AsmCell is the design that the others are compared with.
func (s *Storage[T]) AsmCell() T { return *(*T)(abi0Cell(&s.key)) } // (leaf)

// AsmCellNil is AsmCell for a GetStore with two results, where nil means none.
func (s *Storage[T]) AsmCellNil() (T, bool) {
	p := abi0CellOrNil(&s.key)
	if p == nil {
		return s.none, false
	}
	return *(*T)(p), true // (leaf)
}

// AsmCellOK is AsmCell for a GetStore with two results, where the leaf has two.
func (s *Storage[T]) AsmCellOK() (T, bool) {
	p, ok := abi0CellOK(&s.key)
	return *(*T)(p), ok // (leaf)
}

// AsmDirect has the 65,536 records of byHash in front of the table.
func (s *Storage[T]) AsmDirect() T { return *(*T)(abi0Direct(&s.key)) } // (leaf)

// AsmShard has 64 tables.
func (s *Storage[T]) AsmShard() T { return *(*T)(abi0Shard(&s.key)) } // (leaf)

// AsmNear has the cells in the record.
func (s *Storage[T]) AsmNear() T { return *(*T)(abi0Near(&s.key)) } // (leaf)

// AsmGoid has the 65,536 records of byGoid in front of the table.
func (s *Storage[T]) AsmGoid() T { return *(*T)(abi0Goid(&s.key)) } // (leaf)

// AsmGoidNear is AsmGoid with the cells in the record.
func (s *Storage[T]) AsmGoidNear() T { return *(*T)(abi0GoidNear(&s.key)) } // (leaf)

// The leaves that are entered through a func value follow.

// These take the key as an argument.
var (
	cellByArg      = funcOf[func(*key) unsafe.Pointer](&regCellArg)
	nearByArg      = funcOf[func(*key) unsafe.Pointer](&regNearArg)
	cellOrNilByArg = funcOf[func(*key) unsafe.Pointer](&regCellOrNil)
	storeByArg     = funcOf[func(*key) (unsafe.Pointer, bool)](&regStoreArg)
)

// funcOf returns a func value that enters the leaf at *entry. Sound if the leaf
// follows the calling convention of F: a func value is a pointer to a word with
// the address of the code.
func funcOf[F any](entry *uintptr) F { return *(*F)(unsafe.Pointer(&entry)) }

// RegCellArg is AsmCell through a func variable: arguments in registers.
func (s *Storage[T]) RegCellArg() T { return *(*T)(cellByArg(&s.key)) } // (leaf)

// RegNearArg is AsmNear through a func variable.
func (s *Storage[T]) RegNearArg() T { return *(*T)(nearByArg(&s.key)) } // (leaf)

// RegCellNil is AsmCellNil through a func variable.
func (s *Storage[T]) RegCellNil() (T, bool) {
	p := cellOrNilByArg(&s.key)
	if p == nil {
		return s.none, false
	}
	return *(*T)(p), true // (leaf)
}

// RegStoreOK is RegNearArg for a GetStore with two results and stores of any size. The
// library needs no other lookup.
func (s *Storage[T]) RegStoreOK() (T, bool) {
	p, ok := storeByArg(&s.key)
	return *(*T)(p), ok // (leaf)
}

// Reg calls the leaf of the storage with the key as its context, and loads the store
// from the address that the leaf returns. A zero storage has no leaf.
func (s *Storage[T]) Reg() T {
	k := &s.key
	if k.code == 0 {
		var zero T
		return zero
	}
	// Sound because a func value is a pointer to a word with the address of the
	// code, which then finds that pointer in the context register.
	return *(*T)((*(*func() unsafe.Pointer)(unsafe.Pointer(&k)))()) // (leaf)
}

// RegValue calls the leaf of the storage, which returns the store itself.
func (s *Storage[T]) RegValue() T {
	k := &s.key
	if k.code == 0 {
		var zero T
		return zero
	}
	// Sound as in Reg, if the leaf returns a T: see valueLeaf.
	return (*(*func() T)(unsafe.Pointer(&k)))()
}

// RegFloor calls a leaf that returns the g at once.
func (s *Storage[T]) RegFloor() unsafe.Pointer {
	k := &s.key
	return (*(*func() unsafe.Pointer)(unsafe.Pointer(&k)))() // sound as in Reg
}

// valueLeaf returns the entry of the leaf that returns a value of type t in the
// registers that Go's calling convention says, 0 if there is none.
func valueLeaf(t reflect.Type) uintptr {
	switch t.Kind() {
	case reflect.Int:
		return regInt
	case reflect.Pointer:
		return regPointer
	case reflect.String:
		return regString
	case reflect.Interface:
		return regInterface
	}
	return 0
}

// EntryG and the functions below return entries for the benchmarks, which are in another
// package, as users are.
func EntryG() uintptr        { return regG }
func EntryCell() uintptr     { return regCell }
func EntryNear() uintptr     { return regNear }
func EntryGoidNear() uintptr { return regGoidNear }
func EntryOnly() uintptr     { return regOnly }

// EntryValue returns the entry of the leaf for values of type T.
func EntryValue[T any]() uintptr { return valueLeaf(reflect.TypeFor[T]()) }

// EntryIntConst returns the entry of regIntConst, or of regInt if the constant offset
// is wrong.
func EntryIntConst() uintptr {
	if goidOffset != constGoidOffset {
		return regInt
	}
	return regIntConst
}
