package alslog

import (
	"log/slog"
	"reflect"
	"slices"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// A Source has a current store. *[als.Storage] is one, and so is every type that
// embeds it, such as *alshttp.Store.
type Source[T any] interface {
	GetStore() (store T, ok bool)
}

// A StoreAttr is an attribute whose value is in a storage. It is an [Option]. The zero
// StoreAttr is invalid.
type StoreAttr struct {
	key   string
	value func() (slog.Value, bool) // false where there is no store
}

// Attr returns the attribute with this key and the storage's current store:
//
//	alslog.Attr("request", &requestID)   // an als.Storage
//	alslog.Attr("user", user)            // what alshttp.NewStore returned
//
// A store of type string, int, int64, uint64, float64, bool, time.Time or time.Duration
// costs no allocation. One of another type is logged as by [slog.Any], which calls its
// LogValue.
//
// It panics if key is empty or storage is nil.
func Attr[T any](key string, storage Source[T]) StoreAttr {
	check("Attr", key, storage)
	return StoreAttr{key, reader(storage, valueOf[T]())}
}

// AttrFunc is [Attr] for a value that is a part of the store or computed from it.
// value is called for each record that is logged where there is a store.
//
//	alslog.AttrFunc("user", &session, func(s *Session) slog.Value { return slog.StringValue(s.User) })
//
// It panics if key is empty or storage or value is nil.
func AttrFunc[T any](key string, storage Source[T], value func(store T) slog.Value) StoreAttr {
	check("AttrFunc", key, storage)
	if value == nil {
		panic("alslog: AttrFunc: value is nil")
	}
	return StoreAttr{key, reader(storage, value)}
}

func (a StoreAttr) apply(c *config) {
	if a.value == nil {
		panic("alslog: New: an attribute that neither Attr nor AttrFunc made")
	}
	if slices.ContainsFunc(c.attrs, func(earlier StoreAttr) bool { return earlier.key == a.key }) {
		panic("alslog: New: two attributes with the key " + a.key)
	}
	c.attrs = append(c.attrs, a)
}

func check(caller, key string, storage any) {
	if key == "" {
		panic("alslog: " + caller + ": key is empty")
	}
	if v := reflect.ValueOf(storage); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		panic("alslog: " + caller + ": storage is nil")
	}
}

// valueOf returns the function that makes a value of a store of type T. For common types
// it avoids the interface, and so an allocation.
func valueOf[T any]() func(T) slog.Value {
	var of any
	switch reflect.TypeFor[T]() {
	case reflect.TypeFor[string]():
		of = slog.StringValue
	case reflect.TypeFor[int]():
		of = slog.IntValue
	case reflect.TypeFor[int64]():
		of = slog.Int64Value
	case reflect.TypeFor[uint64]():
		of = slog.Uint64Value
	case reflect.TypeFor[float64]():
		of = slog.Float64Value
	case reflect.TypeFor[bool]():
		of = slog.BoolValue
	case reflect.TypeFor[time.Time]():
		of = slog.TimeValue
	case reflect.TypeFor[time.Duration]():
		of = slog.DurationValue
	default:
		of = func(store T) slog.Value { return slog.AnyValue(store) }
	}
	return of.(func(T) slog.Value)
}

// reader returns the function that reads a storage's store as a value.
func reader[T any](storage Source[T], value func(T) slog.Value) func() (slog.Value, bool) {
	if s, ok := storage.(*als.Storage[T]); ok {
		return func() (slog.Value, bool) { // without the call through the interface
			if store, ok := s.GetStore(); ok {
				return value(store), true
			}
			return slog.Value{}, false
		}
	}
	return func() (slog.Value, bool) {
		if store, ok := storage.GetStore(); ok {
			return value(store), true
		}
		return slog.Value{}, false
	}
}
