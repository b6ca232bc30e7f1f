package alslog

import (
	"log/slog"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// A StoreAttr is an attribute whose value is in a storage. The zero StoreAttr is none,
// and [New] refuses it.
type StoreAttr struct {
	key   string
	value func() (slog.Value, bool) // false where there is no store
}

// Attr returns the attribute with this key and the storage's current store. Strings,
// numbers, bools, times and durations cost no allocation; other types are as they are
// with [slog.Any], which calls their LogValue.
//
// It panics if key is empty or storage is nil.
func Attr[T any](key string, storage *als.Storage[T]) StoreAttr {
	check("Attr", key, storage == nil)
	return StoreAttr{key, reader(storage)}
}

// AttrFunc is [Attr] for a value that has to be taken out of the store, or to be
// computed. value is called for each record that is logged where there is a store.
//
//	alslog.AttrFunc("user", &session, func(s *Session) slog.Value { return slog.StringValue(s.User) })
//
// It panics if key is empty or storage or value is nil.
func AttrFunc[T any](key string, storage *als.Storage[T], value func(store T) slog.Value) StoreAttr {
	check("AttrFunc", key, storage == nil)
	if value == nil {
		panic("alslog: AttrFunc: value is nil")
	}
	return StoreAttr{key, readerOf(storage, value)}
}

func check(caller, key string, isNil bool) {
	if key == "" {
		panic("alslog: " + caller + ": key is empty")
	}
	if isNil {
		panic("alslog: " + caller + ": storage is nil")
	}
}

// reader returns the function that makes a value of a storage's store, for common
// types without making an interface of it first.
func reader[T any](storage *als.Storage[T]) func() (slog.Value, bool) {
	switch s := any(storage).(type) {
	case *als.Storage[string]:
		return readerOf(s, slog.StringValue)
	case *als.Storage[int]:
		return readerOf(s, slog.IntValue)
	case *als.Storage[int64]:
		return readerOf(s, slog.Int64Value)
	case *als.Storage[uint64]:
		return readerOf(s, slog.Uint64Value)
	case *als.Storage[float64]:
		return readerOf(s, slog.Float64Value)
	case *als.Storage[bool]:
		return readerOf(s, slog.BoolValue)
	case *als.Storage[time.Time]:
		return readerOf(s, slog.TimeValue)
	case *als.Storage[time.Duration]:
		return readerOf(s, slog.DurationValue)
	}
	return readerOf(storage, func(store T) slog.Value { return slog.AnyValue(store) })
}

func readerOf[T any](s *als.Storage[T], value func(T) slog.Value) func() (slog.Value, bool) {
	return func() (slog.Value, bool) {
		store, ok := s.GetStore()
		if !ok {
			return slog.Value{}, false
		}
		return value(store), true
	}
}
