package alsfield

import (
	"encoding"
	"reflect"
	"strconv"
	"sync/atomic"

	"github.com/seed-1938943e/goroutine/als"
)

// A Field is one storage whose store travels. It is immutable except for its counts of
// dropped values, which all sets that contain it share.
type Field struct {
	name     string
	maxBytes int
	allowed  func(byte) bool
	fromAny  bool

	format func() (value string, ok bool)                      // of the current store
	parse  func(value string) (enter func(fn func()), ok bool) // enter runs fn with the parsed store

	drops drops
}

// New declares a field. name is the name in the carrier, which decides whether case
// matters: for HTTP and gRPC it does not. format writes a store. parse reads one and
// returns an error for a value that it does not accept. Both run on the goroutine that
// injects or receives.
//
// New panics if name is empty or has a character other than an ASCII letter, a digit,
// '-', '_' and '.', or ends in "-bin" (binary in gRPC), or if s, format, parse or an
// option is nil.
func New[T any](name string, s *als.Storage[T], format func(T) string, parse func(string) (T, error), opts ...Option) *Field {
	if format == nil {
		panic("alsfield: New: format is nil")
	}
	if parse == nil {
		panic("alsfield: New: parse is nil")
	}
	return declare("New", name, s, format, parse, opts)
}

// declare is New for the exported function caller, whose name begins its panics.
func declare[T any](caller, name string, s *als.Storage[T], format func(T) string, parse func(string) (T, error), opts []Option) *Field {
	if !isName(name) {
		panic("alsfield: " + caller + ": name is not made of letters, digits, '-', '_' and '.', or ends in -bin")
	}
	if s == nil {
		panic("alsfield: " + caller + ": s is nil")
	}
	f := &Field{name: name, maxBytes: defaultMaxBytes, allowed: visible}
	for _, opt := range opts {
		if opt == nil {
			panic("alsfield: " + caller + ": an option is nil")
		}
		opt(f)
	}
	f.format = func() (string, bool) {
		store, ok := s.GetStore()
		if !ok {
			return "", false
		}
		return format(store), true
	}
	f.parse = func(value string) (func(func()), bool) {
		store, err := parse(value)
		if err != nil {
			return nil, false
		}
		return func(fn func()) { s.Run(store, fn) }, true
	}
	return f
}

// String declares a field whose store is the value itself. It panics as [New] does.
func String[T ~string](name string, s *als.Storage[T], opts ...Option) *Field {
	return declare("String", name, s,
		func(store T) string { return string(store) },
		func(value string) (T, error) { return T(value), nil },
		opts)
}

// Int declares a field whose store is written in decimal. A value that does not fit T
// is dropped. It panics as [New] does.
func Int[T ~int | ~int8 | ~int16 | ~int32 | ~int64](name string, s *als.Storage[T], opts ...Option) *Field {
	bits := int(reflect.TypeFor[T]().Size()) * 8
	return declare("Int", name, s,
		func(store T) string { return strconv.FormatInt(int64(store), 10) },
		func(value string) (T, error) {
			n, err := strconv.ParseInt(value, 10, bits)
			return T(n), err
		},
		opts)
}

// Text declares a field whose store is written by its MarshalText and read by its
// UnmarshalText, such as slog.Level or netip.Addr. A store whose MarshalText fails
// does not travel. It panics as [New] does.
func Text[T encoding.TextMarshaler, P interface {
	*T
	encoding.TextUnmarshaler
}](name string, s *als.Storage[T], opts ...Option) *Field {
	return declare("Text", name, s,
		func(store T) string {
			text, err := store.MarshalText()
			if err != nil {
				return ""
			}
			return string(text)
		},
		func(value string) (T, error) {
			var store T
			err := P(&store).UnmarshalText([]byte(value))
			return store, err
		},
		opts)
}

// Name returns the name that the field was declared with.
func (f *Field) Name() string { return f.name }

// Value returns the caller's current store as it is sent, "" if there is none. A value
// beyond the field's limits is not sent either; it is counted.
func (f *Field) Value() string {
	value, ok := f.format()
	if !ok || value == "" {
		return ""
	}
	if why := f.fits(value); why != 0 {
		f.drops.add(why)
		return ""
	}
	return value
}

// An Option changes a limit of a field.
type Option func(*Field)

// MaxBytes limits a value to n bytes, in both directions. The default is 256. It
// panics if n is not positive.
func MaxBytes(n int) Option {
	if n <= 0 {
		panic("alsfield: MaxBytes: n is not positive")
	}
	return func(f *Field) { f.maxBytes = n }
}

// Bytes limits a value to bytes for which allowed returns true, in both directions.
// The default is printable ASCII without a space at either end. Line breaks and other
// control characters are never allowed, even if allowed returns true for them: carriers
// use them as delimiters. It panics if allowed is nil.
func Bytes(allowed func(b byte) bool) Option {
	if allowed == nil {
		panic("alsfield: Bytes: allowed is nil")
	}
	return func(f *Field) { f.allowed = func(b byte) bool { return b >= ' ' && b != 0x7f && allowed(b) } }
}

// FromStrangers also accepts values of the field from senders that are not trusted.
func FromStrangers() Option { return func(f *Field) { f.fromAny = true } }

const defaultMaxBytes = 256

func visible(b byte) bool { return b >= ' ' && b < 0x7f }

// fits reports why a value may not travel; 0 means that it may.
func (f *Field) fits(value string) reason {
	if len(value) > f.maxBytes {
		return oversized
	}
	if value[0] == ' ' || value[len(value)-1] == ' ' {
		return malformed // a carrier may trim it
	}
	for i := range len(value) {
		if !f.allowed(value[i]) {
			return malformed
		}
	}
	return 0
}

// isName reports whether name is allowed in every carrier.
func isName(name string) bool {
	const binary = "-bin"
	ok := name != "" && (len(name) < len(binary) || name[len(name)-len(binary):] != binary)
	for i := range len(name) {
		b := name[i]
		ok = ok && ('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_' || b == '.')
	}
	return ok
}

// A reason says why a value was dropped.
type reason uint8

const (
	stranger reason = iota + 1
	repeated
	oversized
	malformed
	numReasons
)

// drops counts dropped values by reason.
type drops [numReasons]atomic.Uint64

func (d *drops) add(r reason) { d[r].Add(1) }
