package async

import (
	"sync/atomic"
	"unsafe"
)

// The purposes of a key. They lie in its tokens, so a cell alone says what may be
// done with its store.
const (
	explicit Token = 1 << (purposeShift + iota) // no plain go statement carries the store
	private                                     // no capture has the store; explicit is set, too
	labelled                                    // the store has a text for the profiler labels
)

// An Inheritance says where stores of a key go. It is als.Inheritance.
type Inheritance uint8

const (
	InheritAlways   Inheritance = iota // captures and plain go statements have them
	InheritExplicit                    // captures have them
	InheritNever                       // they stay with their goroutine
)

// purpose returns the bits of the tokens of a key that is inherited like this.
func (i Inheritance) purpose() Token {
	switch i {
	case InheritExplicit:
		return explicit
	case InheritNever:
		return explicit | private
	}
	return 0
}

// Each is set once a key with the purpose has been used. Until then no search of the
// cells for such keys is needed.
var explicitInUse, privateInUse, labelledInUse atomic.Bool

// markInUse notes that there is a key with these purposes.
func (t Token) markInUse() {
	for purpose, inUse := range map[Token]*atomic.Bool{
		explicit: &explicitInUse, private: &privateInUse, labelled: &labelledInUse,
	} {
		if t&purpose != 0 {
			inUse.Store(true)
		}
	}
}

// hold reports whether one of the cells has a store of a key with the purpose.
func hold(cells []Cell, purpose Token) bool {
	for i := range cells {
		if t := cells[i].token; t&purpose != 0 && !t.IsVacant() {
			return true
		}
	}
	return false
}

// copyWithout returns a context with the record's stores except those of keys with the
// purpose. Its array is as small as possible.
func (r *Record) copyWithout(purpose Token) Context {
	var kept []Cell
	cells := unsafe.Slice(r.cells, arraySize(r.mask))
	for i := range cells {
		if !r.has(shared) && cells[i].token&purpose == 0 {
			cells[i].share()
		}
		c := cells[i]
		c.dropStale()
		if !c.token.IsVacant() && c.token&purpose == 0 {
			kept = append(kept, c)
		}
	}
	return NewContext(kept)
}
