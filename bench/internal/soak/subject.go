//alsvet:ignore enterwith: the soak tests EnterWith
package soak

import (
	"context"
	"strconv"

	"github.com/seed-1938943e/goroutine/als"
)

// A subject is a storage under test. Its stores are known by numbers, 0 for none.
type subject interface {
	String() string
	get() (id uint64, ok bool)
	run(id uint64, fn func())
	scope(id uint64) (end func())
	inherits() als.Inheritance
	revokes() bool
}

// fallback is Options.Default of the storage that has one.
const fallback = 1<<63 - 1

// torn is the number of a store whose words are of different stores.
const torn = 1<<64 - 1

type storage[T any] struct {
	*als.Storage[T]
	options als.Options[T]
	storeOf func(id uint64) T
	id      func(store T) uint64
}

func newStorage[T any](o als.Options[T], storeOf func(uint64) T, id func(T) uint64) subject {
	return &storage[T]{als.New(o), o, storeOf, id}
}

func (s *storage[T]) String() string {
	if s.Name() == "" {
		return "als.Default()"
	}
	return s.Name()
}

func (s *storage[T]) get() (uint64, bool) {
	store, ok := s.GetStore()
	return s.id(store), ok
}

func (s *storage[T]) run(id uint64, fn func()) { s.Run(s.storeOf(id), fn) }

func (s *storage[T]) scope(id uint64) func() { return s.WithScope(s.storeOf(id)).End }

func (s *storage[T]) enter(id uint64) { s.EnterWith(s.storeOf(id)) }

func (s *storage[T]) exit(fn func()) { s.Exit(fn) }

func (s *storage[T]) disable() { s.Disable() }

func (s *storage[T]) inherits() als.Inheritance { return s.options.Inherit }

func (s *storage[T]) revokes() bool { return s.options.RevokeOnEnd }

// Kinds of stores, from one word without a pointer to a block that is kept in a box.

func number(o als.Options[uint64]) subject {
	same := func(id uint64) uint64 { return id }
	return newStorage(o, same, same)
}

func pointer(o als.Options[*uint64]) subject {
	return newStorage(o, func(id uint64) *uint64 { return &id }, func(p *uint64) uint64 {
		if p == nil {
			return 0
		}
		return *p
	})
}

func text(o als.Options[string]) subject {
	return newStorage(o, func(id uint64) string { return strconv.FormatUint(id, 10) }, func(s string) uint64 {
		id, _ := strconv.ParseUint(s, 10, 64)
		return id
	})
}

func block(o als.Options[[8]uint64]) subject {
	return newStorage(o, func(id uint64) [8]uint64 { return [8]uint64{id, id, id, id, id, id, id, id} }, func(b [8]uint64) uint64 {
		for _, id := range b {
			if id != b[0] {
				return torn
			}
		}
		return b[0]
	})
}

// anyOf and anyID make and read a store of an interface type that is a pointer half of the time.
func anyOf(id uint64) any {
	if id%2 == 0 {
		return &id
	}
	return id
}

func anyID(v any) uint64 {
	switch v := v.(type) {
	case nil:
		return 0
	case uint64:
		return v
	case *uint64:
		return *v
	}
	return torn
}

// ambient is the ambient context.Context, a store with Run and Scope only.
type ambient struct{}

type idKey struct{}

func (ambient) String() string { return "ambient context" }

func (ambient) get() (uint64, bool) {
	id, ok := als.Context().Value(idKey{}).(uint64)
	return id, ok
}

func (ambient) run(id uint64, fn func()) { als.RunContext(contextOf(id), fn) }

func (ambient) scope(id uint64) func() { return als.WithContext(contextOf(id)).End }

func (ambient) inherits() als.Inheritance { return als.InheritAlways }

func (ambient) revokes() bool { return false }

func contextOf(id uint64) context.Context {
	return context.WithValue(context.Background(), idKey{}, id)
}

// An entering subject has the operations that the ambient context lacks.
type entering interface {
	enter(id uint64)
	exit(fn func())
	disable()
}

// newSubjects returns a storage of each kind and with each option.
func newSubjects() []subject {
	label := func(s string) string { return s }
	return []subject{
		number(als.Options[uint64]{Name: "number"}),
		pointer(als.Options[*uint64]{Name: "pointer"}),
		text(als.Options[string]{Name: "text with Label", Label: label}),
		block(als.Options[[8]uint64]{Name: "block"}),
		&storage[any]{als.Default(), als.Options[any]{}, anyOf, anyID},
		pointer(als.Options[*uint64]{Name: "pointer with RevokeOnEnd", RevokeOnEnd: true}),
		number(als.Options[uint64]{Name: "number with RevokeOnEnd", RevokeOnEnd: true}),
		text(als.Options[string]{Name: "text with InheritExplicit", Inherit: als.InheritExplicit, Label: label}),
		pointer(als.Options[*uint64]{Name: "pointer with InheritNever", Inherit: als.InheritNever}),
		number(als.Options[uint64]{Name: "number with Default", Default: fallback}),
		block(als.Options[[8]uint64]{Name: "block with RevokeOnEnd and InheritExplicit", RevokeOnEnd: true, Inherit: als.InheritExplicit}),
		ambient{},
	}
}
