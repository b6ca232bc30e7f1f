package async

import "unsafe"

// What observers need of cells, contexts and records.

// Explicit reports whether no plain go statement carries the stores of the key.
func (t Token) Explicit() bool { return t&explicit != 0 }

// Token returns the cell's token, which is vacant if the cell holds nothing.
func (c *Cell) Token() Token { return c.token }

// Revoked reports whether the cell holds a store that has been revoked.
func (c *Cell) Revoked() bool { return !c.token.IsVacant() && c.resolve(c.token) == nil }

// Words returns the words of a cell without its token.
func (c *Cell) Words() (scalar uintptr, ptr unsafe.Pointer, length uintptr) {
	return c.scalar, c.ptr, c.length
}

// MakeCell returns a copy of the cell that had this token and these words.
func MakeCell(t Token, scalar uintptr, ptr unsafe.Pointer, length uintptr) Cell {
	return Cell{t, scalar, ptr, length}
}

// WithoutStale returns a copy of the cell, vacant if its token is stale.
func (c *Cell) WithoutStale() Cell {
	fresh := *c
	fresh.dropStale()
	return fresh
}

// Equal reports whether two cells hold the same store of one key, or nothing.
func (c *Cell) Equal(d *Cell) bool { return *c == *d }

// Stores returns the record's stores but those of keys with InheritExplicit.
func (r *Record) Stores() Context {
	if r.has(room) {
		return Context{r.cells, r.mask, room}
	}
	if r.cells == &noCells {
		return Context{}
	}
	return r.copyWithout(explicit)
}

// HoldsBeside reports whether the record holds a store in another cell than c.
func (r *Record) HoldsBeside(c *Cell) bool {
	cells := unsafe.Slice(r.cells, arraySize(r.mask))
	for i := range cells {
		if &cells[i] != c && !cells[i].token.IsVacant() {
			return true
		}
	}
	return false
}

// KeepsCell reports whether a cell is kept for t's key: the goroutine has had a store of
// it, or has been in an Exit.
func (r *Record) KeepsCell(t Token) bool {
	c := vacancy(r.cells, r.mask, t)
	return c != nil && c.token.SameIndex(t)
}

// Revoked reports whether the record has a store of t that has been revoked.
func (r *Record) Revoked(t Token) bool {
	c := r.find(t)
	return c != nil && c.resolve(t) == nil
}

// InCapturedContext reports whether the goroutine is in a captured context, in a bound
// function for example, whatever has changed in it since. The function of Go does not count.
func (r *Record) InCapturedContext() bool { return r.has(switched) }
