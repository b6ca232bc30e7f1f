//go:build cgo

package async

import (
	"reflect"
	"runtime/cgo"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// A pointer to an incomplete type of C is a number to the collector, wherever it is.
func TestShapeOfACHandle(t *testing.T) {
	type opaque cgo.Incomplete // what cgo declares for a struct of C without a definition
	type within struct{ _ cgo.Incomplete }
	type table struct{ rows [2]struct{ row opaque } }
	for _, test := range []struct {
		store any
		want  Token
	}{
		{[1]*opaque{}, offsetScalar}, {[1]*within{}, offsetScalar}, {[1]*cgo.Incomplete{}, offsetScalar}, {[1]*table{}, offsetScalar}, {[1]struct{ p *opaque }{}, offsetScalar},
		{[1]struct {
			p *opaque
			q *int
		}{}, offsetScalar},
		{[1]struct {
			q *int
			p *opaque
		}{}, offsetPointer},
		{[1]struct{ p, q *opaque }{}, boxed},
		{[1][]opaque{}, boxed},
		{[1]**opaque{}, offsetPointer}, {[1]map[int]*opaque{}, offsetPointer}, {[1]unsafe.Pointer{}, offsetPointer},
		{[1]*struct{ p *opaque }{}, offsetPointer},
	} {
		store := reflect.TypeOf(test.store).Elem()
		assert.Equal(t, test.want, shapeOf(store), store)
	}
}
