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

	// marked is how many scopes have ended and are yet to be removed. With none, and no
	// scope that another goroutine could end, no long list is searched for them.
	marked int32

	// own is the async scope of a goroutine that Go started, with ID 0 in others. inner is
	// that of the resource in whose scope the goroutine runs a function, nil if in none.
	own   AsyncScope
	inner *AsyncScope

	tops   tops
	spares spareScopes

	// suspended are the lists with an index of the contexts that a Switch will restore, nil
	// if there never were any. Most often the last one is restored first.
	suspended *[]tops

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
// record. A call of someExtras would cost too much for extras to be inlined.
func (r *Record) extras() *extras {
	if r.extra != nil && *(*kind)(r.extra) == someExtras {
		return (*extras)(r.extra)
	}
	return r.newExtras()
}

func (r *Record) newExtras() *extras {
	x := &extras{kind: someExtras}
	if s := r.soleScope(); s != nil {
		s.kind = someExtras // it is not the only one from now on
		if r.has(scoped) {
			x.tops.first = s
		} else {
			x.spares.put(s)
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
	x := r.someExtras()
	switch {
	case x == nil:
		return nil
	case x.inner != nil:
		return x.inner
	case x.own.ID != 0:
		return &x.own
	}
	return nil
}

// hasLeft reports whether there is anything for resetExtras to do, in a record with extra.
// Without this check first, als.Go took 1.37 of a go statement instead of 1.31 in a program
// with hooks.
func (r *Record) hasLeft() bool {
	if *(*kind)(r.extra) == soleScope {
		return true
	}
	x := (*extras)(r.extra)
	return x.own.ID != 0 || x.tops.first != nil || x.inner != nil
}

// resetExtras drops what an earlier owner of the record has left: open scopes, and async
// scopes that it exited in. Scopes that it has ended stay, for the next owner.
func (r *Record) resetExtras() {
	if x := r.someExtras(); x != nil {
		x.tops, x.own, x.inner = tops{}, AsyncScope{}, nil
		x.suspended, x.marked = nil, 0
	} else if s := r.soleScope(); s != nil && s.open {
		r.extra = nil
	}
}
