package async

import (
	"reflect"
	"unsafe"
)

// A Token says in one word where the cell of a key is, how the store lies in it,
// and of which generation the key is. No two generations of any two keys have
// the same token, so comparing tokens is the whole check of a cell.
//
//	bits 0, 1   how to get from the cell to the store: see indirection
//	bits 2-4    where in the cell it starts, in bytes: see shapeOf
//	bits 5-28   index of the key, so that index*cellSize is the token with these
//	            bits alone; never 0
//	bits 29-31  what the key was made for: see explicit, private and labelled
//	bits 32-63  generation of the index
//
// Token 0 belongs to keys that have never been used, and to no cell: an empty
// cell is recognized before tokens are compared.
type Token uint64

const (
	boxed     Token = 1 << 0 // the cell's pointer points to the store
	revocable Token = 1 << 1 // the cell's pointer points to a grant of the store

	// inPlace marks a revocable store that lies in the cell until it is captured.
	inPlace = boxed | revocable

	indirection = boxed | revocable
	offsetMask  = 0b111 << 2

	indexShift      = 5
	indexBits       = 24
	indexMask       = (1<<indexBits - 1) << indexShift
	purposeShift    = indexShift + indexBits
	purposeBits     = 3
	generationShift = purposeShift + purposeBits
	generation      = Token(1) << generationShift
)

// Index returns the index of the key.
func (t Token) Index() uint32 { return uint32(t & indexMask >> indexShift) }

// next returns the token of the next generation. keys.advance makes sure that there is one.
func (t Token) next() Token { return t + generation }

// lastGenerations reports whether half of the generations of the index are used up. The
// index is then not reused, so every key has 2^31 of them.
func (t Token) lastGenerations() bool { return t>>63 != 0 }

// Boxed reports whether a cell with this token points to its store.
func (t Token) Boxed() bool { return t&indirection != 0 }

// InPlace reports whether the stores can be revoked, but lie in their cells until they are
// captured.
func (t Token) InPlace() bool { return t&indirection == inPlace }

// SameIndex reports whether two tokens belong to one key, or to keys that had its index one
// after the other.
func (t Token) SameIndex(u Token) bool { return (t^u)&indexMask == 0 }

// vacant returns the token of a cell that is kept for an index and holds nothing.
func (t Token) vacant() Token { return t & indexMask }

// IsVacant reports whether a cell with this token holds nothing.
func (t Token) IsVacant() bool { return t>>generationShift == 0 }

// revocableShape returns the low bits of the tokens of a key whose stores can be
// revoked and would have the given shape otherwise. The length of a cell says whether
// such a store lies in place, so a store that uses that word itself never does.
func revocableShape(t reflect.Type, shape Token) Token {
	if words, ok := appendWords(nil, t); ok && shape != boxed && uintptr(shape)+uintptr(len(words))*wordSize <= offsetLength {
		return inPlace | shape
	}
	return revocable
}

// shapeOf returns the low bits of the tokens of a key for stores of type t.
//
// A store lies in the cell itself if its words fit the cell's three: scalar,
// pointer, scalar. That covers numbers (first word), everything that is one
// pointer (second), interfaces (first two), strings (last two) and structs of
// such a form. The collector knows the words of a cell by their type, so a store
// goes where its pointers meet the cell's. All others are boxed.
func shapeOf(t reflect.Type) Token {
	if t.Align() > int(wordSize) {
		return boxed
	}
	words, ok := appendWords(nil, t)
	if !ok {
		return boxed
	}
	for _, fit := range []struct {
		offset Token
		words  string
	}{
		{offsetScalar, "s"}, {offsetScalar, "sp"}, {offsetScalar, "sps"},
		{offsetPointer, "p"}, {offsetPointer, "ps"},
	} {
		if string(words) == fit.words {
			return fit.offset
		}
	}
	return boxed
}

const wordSize = unsafe.Sizeof(uintptr(0))

const maxWords = 3

// appendWords appends what the words of a type hold for the collector, 's' or
// 'p'. It gives up on types that cannot fit a cell anyway. An empty type is one
// word, for it needs an address.
func appendWords(words []byte, t reflect.Type) ([]byte, bool) {
	if t.Size() > maxWords*wordSize {
		return nil, false
	}
	all := make([]byte, max(1, (t.Size()+wordSize-1)/wordSize))
	for i := range all {
		all[i] = 's'
	}
	markPointers(all, 0, t)
	return append(words, all...), true
}

// markPointers marks the words of a value of type t at an offset that the
// collector takes for pointers.
func markPointers(words []byte, at uintptr, t reflect.Type) {
	if t.Size() == 0 {
		return // an array of empty elements can have 2^40 of them
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		if !NotInHeap(t.Elem()) {
			words[at/wordSize] = 'p'
		}
	case reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String:
		words[at/wordSize] = 'p'
	case reflect.Interface:
		words[at/wordSize+1] = 'p' // the first word points to a type, which the collector leaves alone
	case reflect.Array:
		for i := range t.Len() {
			markPointers(words, at+uintptr(i)*t.Elem().Size(), t.Elem())
		}
	case reflect.Struct:
		for i := range t.NumField() {
			markPointers(words, at+t.Field(i).Offset, t.Field(i).Type)
		}
	}
}

// NotInHeap reports whether values of type t lie outside of the Go heap. As for the
// compiler, that is so if a part of the type is the runtime's nih. Cgo gives that part to
// incomplete C types, through runtime/cgo.Incomplete, under the name of the C type. The
// collector takes a pointer to such a type for a number, and C libraries do put numbers
// there.
func NotInHeap(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return NotInHeap(t.Elem())
	case reflect.Struct:
		if t.Name() == "nih" && t.PkgPath() == "internal/runtime/sys" {
			return true
		}
		for i := range t.NumField() {
			if NotInHeap(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
