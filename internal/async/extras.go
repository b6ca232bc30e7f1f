package async

import "unsafe"

// A Record has one word, extra, for what few goroutines have, such as several scopes or
// an async scope. It points to extras or, to save memory for a goroutine with one scope
// and nothing else, to that Scope. Both begin with a kind.
type kind uint8

const (
	soleScope kind = iota // a Scope, the only one of its record
	someExtras
)

type extras struct {
	kind kind

	tops   tops
	spares spareScopes

	// asyncScope is the async scope that the goroutine is in. That of a goroutine
	// which Go started stays with the record, emptied, for the next one.
	asyncScope *AsyncScope

	tasks ring // for the goroutines that this one starts
}

// soleScope returns the record's only scope, nil if it has none or has extras.
func (r *Record) soleScope() *Scope {
	if r.extra == nil || *(*kind)(r.extra) != soleScope {
		return nil
	}
	return (*Scope)(r.extra)
}

// someExtras returns the record's extras, nil if it has none.
func (r *Record) someExtras() *extras {
	if r.extra == nil || *(*kind)(r.extra) != someExtras {
		return nil
	}
	return (*extras)(r.extra)
}

// extras returns the record's extras, making them if it has none. They stay with the
// record.
func (r *Record) extras() *extras {
	if x := r.someExtras(); x != nil {
		return x
	}
	x := &extras{kind: someExtras}
	if n := r.soleScope(); n != nil {
		n.kind = someExtras // it is not the only one from now on
		if r.has(scoped) {
			x.tops.first = n
		} else {
			x.spares.put(n)
		}
	}
	r.extra = unsafe.Pointer(x)
	return x
}

// asyncScope returns the async scope that the record's goroutine is in, nil if it is
// in none or has no record.
func (r *Record) asyncScope() *AsyncScope {
	if r == nil {
		return nil
	}
	if x := r.someExtras(); x != nil && x.asyncScope != nil && x.asyncScope.ID != 0 {
		return x.asyncScope
	}
	return nil
}

// resetExtras drops the scopes that an earlier owner of the record has left open. Those
// that it has ended stay, for the next owner.
func (r *Record) resetExtras() {
	if x := r.someExtras(); x != nil {
		x.tops = tops{}
		if x.asyncScope != nil && x.asyncScope.ID != 0 {
			x.asyncScope = nil // of an owner that exited inside
		}
	} else if n := r.soleScope(); n != nil && n.open {
		r.extra = nil
	}
}
