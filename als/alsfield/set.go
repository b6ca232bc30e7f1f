package alsfield

import (
	"slices"
	"strings"
)

// A Getter is the receiving side of a carrier. Get returns the value of a name, ""
// if there is none. If the carrier also has a method
//
//	Values(name string) []string
//
// that is used instead. A field that occurs twice is dropped, because sender and
// receiver may disagree on which value counts.
type Getter interface{ Get(name string) string }

// A Setter is the sending side of a carrier.
type Setter interface{ Set(name, value string) }

// A Sender says whether a message comes from a trusted process.
type Sender bool

const (
	Stranger Sender = false
	Trusted  Sender = true
)

// A Set is a list of fields that travel together. Any number of goroutines may use it
// at once.
type Set struct{ fields []*Field }

// NewSet returns the set of the given fields. It panics if one is nil or if two have
// names that differ at most in case.
func NewSet(fields ...*Field) *Set {
	seen := make(map[string]bool)
	for _, f := range fields {
		if f == nil {
			panic("alsfield: NewSet: a field is nil")
		}
		name := strings.ToLower(f.name)
		if seen[name] {
			panic("alsfield: NewSet: two fields have the same name")
		}
		seen[name] = true
	}
	return &Set{slices.Clone(fields)}
}

// Fields returns the fields, in their order.
func (s *Set) Fields() []*Field { return slices.Clone(s.fields) }

// Inject writes the caller's current stores to a carrier. It leaves out storages
// without a store, empty values, and values beyond the limits of their field; it counts
// the last. If the carrier has a Get method, values that it already has stay: those
// that the caller set explicitly win.
//
// Each field costs a read of its storage and, if there is a store, a call of its format
// function. It panics if c is nil.
func (s *Set) Inject(c Setter) {
	if c == nil {
		panic("alsfield: Set.Inject: c is nil")
	}
	explicit, _ := c.(Getter)
	for _, f := range s.fields {
		if explicit != nil && explicit.Get(f.name) != "" {
			continue
		}
		if value := f.Value(); value != "" {
			c.Set(f.name, value)
		}
	}
}

// Run is Receive and Received.Run in one. It panics if c or fn is nil.
func (s *Set) Run(c Getter, from Sender, fn func()) {
	if c == nil {
		panic("alsfield: Set.Run: c is nil")
	}
	if fn == nil {
		panic("alsfield: Set.Run: fn is nil")
	}
	s.Receive(c, from).Run(fn)
}

// Receive reads the values of the fields from a carrier, and counts what it drops. It
// allocates two objects for each accepted value. A panic in a field's parse function
// is passed on.
//
// It panics if c is nil.
func (s *Set) Receive(c Getter, from Sender) Received {
	if c == nil {
		panic("alsfield: Set.Receive: c is nil")
	}
	var enters []func(func())
	for _, f := range s.fields {
		value := f.receive(c, from)
		if value == "" {
			continue
		}
		if enter, ok := f.parse(value); ok {
			enters = append(enters, enter)
		} else {
			f.drops.add(malformed)
		}
	}
	return Received{enters}
}

// Received has the accepted stores of one message. It is immutable, and any number of
// goroutines may use it at once. The zero Received has none.
type Received struct{ enters []func(func()) }

// Run calls fn with the received stores, in a Run of each field's storage. All other
// storages have the caller's stores. To begin without those, call it in an
// als.ExecutionContext{}.Run.
//
// It panics if fn is nil. A panic in fn is passed on.
func (r Received) Run(fn func()) {
	if fn == nil {
		panic("alsfield: Received.Run: fn is nil")
	}
	enterAll(r.enters, fn)
}

func enterAll(enters []func(func()), fn func()) {
	if len(enters) == 0 {
		fn()
		return
	}
	enters[0](func() { enterAll(enters[1:], fn) })
}

// receive returns the field's value in the carrier, "" if there is none or it is
// dropped.
func (f *Field) receive(c Getter, from Sender) string {
	value, repeats := get(c, f.name)
	if value == "" && !repeats {
		return ""
	}
	why := reason(0)
	switch {
	case from != Trusted && !f.fromAny:
		why = stranger
	case repeats:
		why = repeated
	default:
		why = f.fits(value)
	}
	if why != 0 {
		f.drops.add(why)
		return ""
	}
	return value
}

func get(c Getter, name string) (value string, repeats bool) {
	if many, ok := c.(interface{ Values(name string) []string }); ok {
		switch values := many.Values(name); len(values) {
		case 0:
			return "", false
		case 1:
			return values[0], false
		default:
			return "", true
		}
	}
	return c.Get(name), false
}

// Drops counts the values of one field that were not accepted, or not sent.
type Drops struct {
	Stranger  uint64 // from a sender that may not set the field
	Repeated  uint64 // occurred more than once
	Oversized uint64 // longer than MaxBytes
	Malformed uint64 // with a character that is not allowed, or refused by parse
}

// Drops returns how many values of a field were dropped since it was declared, zeros
// for a name that is not in the set. Names are matched without regard to case.
func (s *Set) Drops(name string) Drops {
	for _, f := range s.fields {
		if strings.EqualFold(f.name, name) {
			d := &f.drops
			return Drops{d[stranger].Load(), d[repeated].Load(), d[oversized].Load(), d[malformed].Load()}
		}
	}
	return Drops{}
}
