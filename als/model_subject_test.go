package als_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A subject is a storage under test. Its stores are known by numbers.
type subject interface {
	fmt.Stringer
	// compare returns the difference between the current store and the one with this
	// number (or noStore), "" if there is none.
	compare(id int) string
	// comparePanic returns a wrong panic of Must where there is no store, "" if it is right.
	comparePanic() string
	run(id int, fn func())
	runFunc(id int, fn func())
	runFunc2(id int, fn func())
	enterWith(id int)
	exit(fn func())
	exitFunc(fn func())
	exitFunc2(fn func())
	withScope(id int) (end func())
	disable()
	revokes() bool
	inherits() als.Inheritance
	// name and typ return the storage's name and type in a report of a loss.
	name() string
	typ() string
	// label returns the label of a store, "" for none.
	label(id int) string
	// read looks for the current store.
	read()
}

const (
	noStore   = -1
	zeroStore = 0       // the zero value, nil where there is one
	defaultID = 7654321 // of Options.Default, where it is set
	outlived  = 1 << 29 // added to the number of an ambient context that Outlive has kept
)

// subjectOf is a subject with stores of type T.
type subjectOf[T any] struct {
	*als.Storage[T]
	make       func(id int) T
	is         func(store T, id int) bool
	options    als.Options[T]
	hasDefault bool
}

// An option is one of the ways in which the storages are made.
type option int

const (
	withDefault option = 1 << iota
	withRevoke
	withExplicit
	withNever
	withLabel // of storages whose stores can have one
)

func subjectFor[T any](make func(id int) T, is func(T, int) bool) func(option) subject {
	return func(o option) subject { return newSubject(make, is, o, nil) }
}

// subjectForComparable is subjectFor for types whose values differ for different numbers,
// also when they are printed.
func subjectForComparable[T comparable](make func(id int) T) func(option) subject {
	is := func(store T, id int) bool { return store == make(id) }
	return func(o option) subject {
		return newSubject(make, is, o, func(store T) string {
			if is(store, zeroStore) {
				return ""
			}
			return fmt.Sprint(store)
		})
	}
}

// newSubject returns a storage made with options. label is nil if its stores can have
// no label.
func newSubject[T any](make func(id int) T, is func(T, int) bool, o option, label func(T) string) subject {
	s := &subjectOf[T]{make: make, is: is, hasDefault: o&withDefault != 0}
	if s.hasDefault {
		s.options.Default = make(defaultID)
	}
	s.options.RevokeOnEnd = o&withRevoke != 0
	switch {
	case o&withNever != 0:
		s.options.Inherit = als.InheritNever
	case o&withExplicit != 0:
		s.options.Inherit = als.InheritExplicit
	}
	if o&withLabel != 0 && label != nil {
		s.options.Name = fmt.Sprintf("%v %d", reflect.TypeFor[T](), o)
		s.options.Label = label
	}
	s.Storage = als.New(s.options)
	return s
}

func (s *subjectOf[T]) compare(id int) string {
	store, ok := s.GetStore()
	if ok != (id != noStore) {
		return fmt.Sprintf("GetStore says (%v, %v), want %s", store, ok, s.describe(id))
	}
	want := id
	if id == noStore {
		want = zeroStore
		if s.hasDefault {
			want = defaultID
		}
	}
	if !s.is(store, want) {
		return fmt.Sprintf("GetStore says (%v, %v), want %s", store, ok, s.describe(id))
	}
	if got := s.Get(); !s.is(got, want) {
		return fmt.Sprintf("Get says %v, want %s", got, s.describe(id))
	}
	if id == noStore {
		return ""
	}
	if got := s.Must(); !s.is(got, want) {
		return fmt.Sprintf("Must says %v, want %s", got, s.describe(id))
	}
	if got := s.Label(); got != s.label(id) {
		return fmt.Sprintf("Label says %q, want %q", got, s.label(id))
	}
	return ""
}

func (s *subjectOf[T]) comparePanic() string { return wrongPanicOfMust(s.Storage, func() { s.Must() }) }

func wrongPanicOfMust[T any](s *als.Storage[T], must func()) string {
	want := "als: no store of " + reflect.TypeFor[T]().String()
	if s.Name() != "" {
		want = "als: no store of " + s.Name()
	}
	// While losses are traced, how the store was lost follows in parentheses.
	got := testkit.Caught(must)
	if message, _, _ := strings.Cut(fmt.Sprint(got), " (lost"); message != want {
		return fmt.Sprintf("Must panics with %v, want %s", got, want)
	}
	return ""
}

func (s *subjectOf[T]) describe(id int) string {
	switch {
	case id != noStore:
		return fmt.Sprintf("store %d, %v", id, s.make(id))
	case s.hasDefault:
		return fmt.Sprintf("none, %v", s.make(defaultID))
	}
	return "none"
}

func (s *subjectOf[T]) String() string {
	name := reflect.TypeFor[T]().String()
	if s.hasDefault {
		name += ", Default"
	}
	name += [...]string{"", ", InheritExplicit", ", InheritNever"}[s.options.Inherit]
	if s.options.RevokeOnEnd {
		name += ", RevokeOnEnd"
	}
	if s.options.Label != nil {
		name += ", Label"
	}
	return name
}

func (s *subjectOf[T]) label(id int) string {
	if s.options.Label == nil {
		return ""
	}
	return s.options.Label(s.make(id))
}

func (s *subjectOf[T]) run(id int, fn func()) { s.Run(s.make(id), fn) }

func (s *subjectOf[T]) runFunc(id int, fn func()) {
	got := als.RunFunc(s.Storage, s.make(id), func() int { fn(); return id })
	if got != id {
		panic(fmt.Sprintf("RunFunc returns %d, want %d", got, id))
	}
}

func (s *subjectOf[T]) runFunc2(id int, fn func()) {
	got, err := als.RunFunc2(s.Storage, s.make(id), func() (int, error) { fn(); return id, io.EOF })
	if got != id || err != io.EOF {
		panic(fmt.Sprintf("RunFunc2 returns %d, %v, want %d, EOF", got, err, id))
	}
}

func (s *subjectOf[T]) enterWith(id int) { s.EnterWith(s.make(id)) }
func (s *subjectOf[T]) exit(fn func())   { s.Exit(fn) }

func (s *subjectOf[T]) exitFunc(fn func()) {
	got := als.ExitFunc(s.Storage, func() string { fn(); return "done" })
	if got != "done" {
		panic(fmt.Sprintf("ExitFunc returns %q", got))
	}
}

func (s *subjectOf[T]) exitFunc2(fn func()) {
	got, err := als.ExitFunc2(s.Storage, func() (string, error) { fn(); return "done", io.EOF })
	if got != "done" || err != io.EOF {
		panic(fmt.Sprintf("ExitFunc2 returns %q, %v", got, err))
	}
}

func (s *subjectOf[T]) withScope(id int) (end func()) { return s.WithScope(s.make(id)).End }
func (s *subjectOf[T]) disable()                      { s.Disable() }
func (s *subjectOf[T]) name() string                  { return s.Name() }
func (s *subjectOf[T]) typ() string                   { return reflect.TypeFor[T]().String() }
func (s *subjectOf[T]) read()                         { s.GetStore() }
func (s *subjectOf[T]) revokes() bool                 { return s.options.RevokeOnEnd }
func (s *subjectOf[T]) inherits() als.Inheritance     { return s.options.Inherit }

// standardSubject is the default storage through the functions of the package.
type standardSubject struct{ subjectOf[any] }

func (s *standardSubject) run(id int, fn func())         { als.Run(s.make(id), fn) }
func (s *standardSubject) enterWith(id int)              { als.EnterWith(s.make(id)) }
func (s *standardSubject) withScope(id int) (end func()) { return als.WithScope(s.make(id)).End }
func (s *standardSubject) comparePanic() string {
	return wrongPanicOfMust(s.Storage, func() { als.Must() })
}
func (s *standardSubject) exit(fn func()) { als.Exit(fn) }
func (s *standardSubject) disable()       { als.Disable() }
func (s *standardSubject) String() string { return "any, default storage" }

func (s *standardSubject) compare(id int) string {
	if store, ok := als.GetStore(); ok != (id != noStore) || !s.is(store, max(id, zeroStore)) {
		return fmt.Sprintf("als.GetStore says (%v, %v), want %s", store, ok, s.describe(id))
	}
	if store := als.Get(); !s.is(store, max(id, zeroStore)) {
		return fmt.Sprintf("als.Get says %v, want %s", store, s.describe(id))
	}
	if id != noStore && !s.is(als.Must(), id) {
		return fmt.Sprintf("als.Must does not say %s", s.describe(id))
	}
	return s.subjectOf.compare(id)
}

// ambientSubject is the ambient context.Context, which has only Runs and scopes.
type ambientSubject struct{ subject }

type ambientID struct{}

func (ambientSubject) String() string { return "ambient context" }
func (ambientSubject) revokes() bool  { return false }

func (ambientSubject) inherits() als.Inheritance { return als.InheritAlways }
func (ambientSubject) name() string              { return "context.Context" }
func (ambientSubject) typ() string               { return "context.Context" }
func (ambientSubject) label(int) string          { return "" }
func (ambientSubject) read()                     { als.Context() }

// An ambientContext has been canceled, as that of a request is when the request ends.
type ambientContext struct{ context.Context }

func (ambientContext) Err() error { return context.Canceled }

func ambientOf(id int) context.Context {
	return ambientContext{context.WithValue(context.Background(), ambientID{}, id)}
}

func (ambientSubject) run(id int, fn func()) { als.RunContext(ambientOf(id), fn) }

func (ambientSubject) runFunc(id int, fn func()) {
	got := als.RunContextFunc(ambientOf(id), func() int { fn(); return id })
	if got != id {
		panic(fmt.Sprintf("RunContextFunc returns %d, want %d", got, id))
	}
}

func (ambientSubject) runFunc2(id int, fn func()) {
	got, err := als.RunContextFunc2(ambientOf(id), func() (int, error) { fn(); return id, io.EOF })
	if got != id || err != io.EOF {
		panic(fmt.Sprintf("RunContextFunc2 returns %d, %v, want %d, EOF", got, err, id))
	}
}

func (ambientSubject) withScope(id int) (end func()) { return als.WithContext(ambientOf(id)).End }
func (ambientSubject) comparePanic() string          { return "" }

func (ambientSubject) compare(id int) string {
	ctx := als.Context()
	if id == noStore {
		if ctx != context.Background() {
			return fmt.Sprintf("Context says %v, want Background", ctx)
		}
		return ""
	}
	var canceled error
	if id&outlived == 0 {
		canceled = context.Canceled
	}
	if got := ctx.Value(ambientID{}); got != id&^outlived || ctx.Err() != canceled {
		return fmt.Sprintf("Context says %v with error %v, want %d with error %v", got, ctx.Err(), id, canceled)
	}
	return ""
}

// A thing is what stores point to. Its check shows whether it was overwritten.
type thing struct {
	id    int
	check int
}

func newThing(id int) *thing {
	if id == zeroStore {
		return nil
	}
	return &thing{id, ^id}
}

func (x *thing) is(id int) bool {
	if id == zeroStore {
		return x == nil
	}
	return x != nil && x.id == id && x.check == ^id
}

func (x *thing) Error() string {
	if x == nil {
		return "nil thing"
	}
	return "thing " + strconv.Itoa(x.id)
}

func textOf(id int) string {
	if id == zeroStore {
		return ""
	}
	return "text " + strconv.Itoa(id) // on the heap
}

// ifaceOf returns nil, typed nil, a pointer or another value.
func ifaceOf(id int) any {
	switch {
	case id == zeroStore:
		return nil
	case id%5 == 0:
		return (*thing)(nil)
	case id%5 == 1:
		return id
	case id%5 == 2:
		return textOf(id)
	}
	return newThing(id)
}

func ifaceIs(store any, id int) bool {
	if x, ok := store.(*thing); ok && x != nil {
		return id%5 > 2 && x.is(id)
	}
	if id%5 > 2 {
		return false
	}
	return store == ifaceOf(id)
}

type (
	numberAndText struct {
		n int
		s string
	}
	numberAndPointer struct {
		n int
		p *thing
	}
	pointerAndNumber struct {
		p *thing
		n int
	}
	sandwich struct {
		n int
		p *thing
		m int
	}
	twoPointers struct{ p, q *thing }
)

// kinds make storages of every type: stores that lie in a cell, in every shape, and stores
// that are boxed.
var kinds = []func(option) subject{
	subjectForComparable(func(id int) int { return id * 0x101 }),
	subjectFor(newThing, (*thing).is),
	subjectForComparable(textOf),
	subjectFor(func(id int) error {
		if id == zeroStore {
			return nil
		}
		if id%3 == 0 {
			return (*thing)(nil)
		}
		return newThing(id)
	}, func(store error, id int) bool {
		x, ok := store.(*thing)
		if id == zeroStore || id%3 == 0 {
			return x == nil && ok == (id != zeroStore)
		}
		return x.is(id)
	}),
	subjectForComparable(func(id int) (a [8]uint64) {
		for i := range a {
			a[i] = uint64(id) * uint64(2*i+1)
		}
		return a
	}),
	subjectForComparable(func(id int) numberAndText { return numberAndText{id, textOf(id)} }),
	subjectFor(func(id int) []byte {
		if id == zeroStore {
			return nil
		}
		return []byte(textOf(id))
	}, func(store []byte, id int) bool {
		return string(store) == textOf(id) && (store == nil) == (id == zeroStore)
	}),
	subjectFor(ifaceOf, ifaceIs),
	subjectForComparable(func(int) struct{} { return struct{}{} }),
	subjectFor(func(id int) numberAndPointer {
		return numberAndPointer{-id, newThing(id)}
	}, func(s numberAndPointer, id int) bool { return s.n == -id && s.p.is(id) }),
	subjectFor(func(id int) pointerAndNumber {
		return pointerAndNumber{newThing(id), -id}
	}, func(s pointerAndNumber, id int) bool { return s.n == -id && s.p.is(id) }),
	subjectFor(func(id int) sandwich {
		return sandwich{-id, newThing(id), id}
	}, func(s sandwich, id int) bool { return s.n == -id && s.p.is(id) && s.m == id }),
	subjectFor(func(id int) twoPointers {
		return twoPointers{newThing(id), newThing(2 * id)}
	}, func(s twoPointers, id int) bool { return s.p.is(id) && s.q.is(2*id) }),
	subjectFor(func(id int) [1]*thing {
		return [1]*thing{newThing(id)}
	}, func(s [1]*thing, id int) bool { return s[0].is(id) }),
	subjectFor(func(id int) map[int]*thing {
		if id == zeroStore {
			return nil
		}
		return map[int]*thing{id: newThing(id)}
	}, func(s map[int]*thing, id int) bool { return (s == nil) == (id == zeroStore) && s[id].is(id) }),
	subjectFor(func(id int) func() int {
		if id == zeroStore {
			return nil
		}
		x := newThing(id)
		return func() int { return x.id }
	}, func(f func() int, id int) bool {
		if f == nil || id == zeroStore {
			return f == nil && id == zeroStore
		}
		return f() == id
	}),
	subjectFor(func(id int) chan struct{} {
		if id == zeroStore {
			return nil
		}
		return make(chan struct{}, id)
	}, func(c chan struct{}, id int) bool { return cap(c) == id && (c == nil) == (id == zeroStore) }),
	subjectForComparable(func(id int) float64 { return float64(id) / 4 }),
	subjectForComparable(func(id int) complex128 { return complex(float64(id), -float64(id)) }),
	subjectForComparable(func(id int) [2]uint32 { return [2]uint32{uint32(id), -uint32(id)} }),
	subjectForComparable(func(id int) [3]uintptr { return [3]uintptr{uintptr(id), 5 * uintptr(id), -uintptr(id)} }),
	subjectForComparable(func(id int) int64 { return int64(id) << 33 }),
	subjectForComparable(func(id int) uint8 { return uint8(id) }),
}

// newSubjects returns n storages of all kinds with all options; neighbours have different
// types. With labelled, those of subjectForComparable have a label.
func newSubjects(n int, labelled bool) []subject {
	subjects := make([]subject, n)
	for i := range subjects {
		o := option(i%len(kinds)+i/len(kinds)) % withLabel
		if labelled {
			o |= withLabel
		}
		subjects[i] = kinds[i%len(kinds)](o)
	}
	return subjects
}
