package designs

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each prototype reads the store if there is one, else the default, for any content of
// the tables. Otherwise its numbers would mean nothing.

// A lookup is a way to read a storage of axis B.
type lookup[T any] struct {
	name string
	code uintptr // of the leaf, if the storage needs one
	get  func(*Storage[T]) T
}

func portableLookups[T any]() []lookup[T] {
	return []lookup[T]{
		{"syncmap", 0, (*Storage[T]).SyncMap},
		{"goid-direct", 0, (*Storage[T]).GoidDirect},
		{"go-table", 0, (*Storage[T]).GoTable},
		{"go-direct", 0, (*Storage[T]).GoDirect},
	}
}

func TestLookupsReadWhatWasStored(t *testing.T) {
	requireUsable(t)
	type object struct{ n int }
	testLookups(t, 1, 2)
	testLookups(t, &object{1}, &object{2})
	testLookups(t, "default", "store")
	testLookups[error](t, assert.AnError, fmt.Errorf("store"))
}

func testLookups[T any](t *testing.T, def, store T) {
	const index = 5
	for _, l := range append(portableLookups[T](), assemblyLookups[T]()...) {
		if l.code == 0 && l.name == "reg-value" {
			continue // there is no leaf for this type
		}
		check := func(want T, when string) {
			t.Helper()
			s := NewStorage(index, l.code, def)
			assert.Equal(t, want, l.get(s), "%s, %v, %s", l.name, reflect.TypeFor[T](), when)
		}
		for _, others := range []int{0, 1000} {
			Populate(false, others)
			check(def, "without a record")

			Populate(true, others)
			check(def, "without a store")

			NewStorage(index, 0, def).Set(store)
			check(store, "with a store")

			Displace()
			check(store, "displaced")

			previous := NewStorage(index, 0, def)
			previous.token -= 1 << 16
			previous.Set(store)
			check(def, "with a store of another generation")
		}
	}
}
