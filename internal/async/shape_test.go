package async

import (
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

func TestShapeOf(t *testing.T) {
	type wrapped struct{ s struct{ p *int } }
	type word = uintptr
	in := func(o Token) string {
		switch o {
		case boxed:
			return "boxed"
		case offsetScalar:
			return "scalar"
		case offsetPointer:
			return "pointer"
		}
		return fmt.Sprint(o)
	}
	wide := offsetScalar // types of 64 bits
	if wordSize == 4 {
		wide = boxed
	}
	for _, test := range []struct {
		store any
		want  Token
	}{
		{[1]bool{}, offsetScalar}, {[1]int8{}, offsetScalar}, {[1]int16{}, offsetScalar},
		{[1]int32{}, offsetScalar}, {[1]int{}, offsetScalar}, {[1]uint8{}, offsetScalar},
		{[1]uint{}, offsetScalar}, {[1]uintptr{}, offsetScalar}, {[1]float32{}, offsetScalar},
		{[1]int64{}, wide}, {[1]uint64{}, wide}, {[1]float64{}, wide}, {[1]complex64{}, wide},
		{[1]complex128{}, boxed},
		{[1]string{}, offsetPointer}, {[1][]byte{}, boxed},
		{[1]any{}, offsetScalar}, {[1]error{}, offsetScalar}, {[1]io.Reader{}, offsetScalar},
		{[1]*int{}, offsetPointer}, {[1]unsafe.Pointer{}, offsetPointer}, {[1]func(){}, offsetPointer},
		{[1]map[string]int{}, offsetPointer}, {[1]chan int{}, offsetPointer},
		{[1]struct{}{}, offsetScalar}, {[1][0]*int{}, offsetScalar}, {[1][1 << 40 >> (40 - 8*wordSize/2)]struct{}{}, offsetScalar},
		{[1][1]*int{}, offsetPointer}, {[1][2]*int{}, boxed}, {[1][2]uint32{}, wide},
		{[1][4]uint8{}, offsetScalar}, {[1][2]word{}, boxed}, {[1][3]word{}, boxed}, {[1][4]word{}, boxed},
		{[1][64]byte{}, boxed},
		{[1]wrapped{}, offsetPointer},
		{[1]struct {
			p *int
			n int
		}{}, offsetPointer},
		{[1]struct {
			n int
			p *int
		}{}, offsetScalar},
		{[1]struct {
			n int
			p *int
			m int
		}{}, offsetScalar},
		{[1]struct {
			n int8
			p *int
			b bool
		}{}, offsetScalar},
		{[1]struct {
			p *int
			b bool
		}{}, offsetPointer},
		{[1]struct {
			n int
			s string
		}{}, offsetScalar},
		{[1]struct {
			s string
			n int
		}{}, boxed},
		{[1]struct {
			s string
			_ struct{}
		}{}, boxed}, // a field of no size at the end is padded: it has an address
		{[1]struct {
			a any
			n int
		}{}, offsetScalar},
		{[1]struct {
			n int
			a any
		}{}, boxed},
		{[1]struct{ p, q *int }{}, boxed},
		{[1]struct{ n, m int }{}, boxed},
		{[1]struct {
			p    *int
			n, m int
		}{}, boxed},
		{[1]struct {
			_ [0]*int
			n int
		}{}, offsetScalar},
		{[1]struct {
			n uint8
			p [1]struct{ s string }
		}{}, offsetScalar},
		{[1]struct {
			_ [0]int64
			p *int
		}{}, offsetPointer},
	} {
		typ := reflect.TypeOf(test.store).Elem() // of the element, so that interfaces stay ones
		assert.Equal(t, in(test.want), in(shapeOf(typ)), "%v", typ)
		wantFit(t, typ)
	}
}

// wantFit checks the shape of a type: the pointer of the cell, if the store covers it,
// has the store's only pointer, and a store is boxed only if it fits nowhere.
func wantFit(t *testing.T, typ reflect.Type) {
	t.Helper()
	fits := func(at Token) bool {
		if typ.Align() > int(wordSize) || uintptr(at)+max(typ.Size(), 1) > cellSize {
			return false
		}
		pointers := map[uintptr]bool{}
		pointersOf(typ, uintptr(at), pointers)
		covers := uintptr(at) <= uintptr(offsetPointer) && uintptr(offsetPointer) < uintptr(at)+max(typ.Size(), 1)
		for p := range pointers {
			if p != uintptr(offsetPointer) {
				return false
			}
		}
		return covers == pointers[uintptr(offsetPointer)]
	}
	shape := shapeOf(typ)
	if shape == boxed {
		assert.False(t, fits(offsetScalar) || fits(offsetPointer), "%v need not be boxed", typ)
	} else {
		assert.True(t, fits(shape), "%v does not fit at %d", typ, shape)
	}
}

func pointersOf(typ reflect.Type, at uintptr, pointers map[uintptr]bool) {
	switch typ.Kind() {
	case reflect.Struct:
		for i := range typ.NumField() {
			pointersOf(typ.Field(i).Type, at+typ.Field(i).Offset, pointers)
		}
	case reflect.Array:
		for i := range min(typ.Len(), 16) {
			pointersOf(typ.Elem(), at+uintptr(i)*typ.Elem().Size(), pointers)
		}
	case reflect.Interface:
		pointers[at+wordSize] = true
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String, reflect.Slice:
		pointers[at] = true
	}
}

// TestShapeOfRandomTypes builds types at random.
func TestShapeOfRandomTypes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	basic := []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[int32](), reflect.TypeFor[int](), reflect.TypeFor[float64](),
		reflect.TypeFor[string](), reflect.TypeFor[any](), reflect.TypeFor[*int](), reflect.TypeFor[func()](),
		reflect.TypeFor[struct{}](), reflect.TypeFor[[]int](), reflect.TypeFor[uint16](), reflect.TypeFor[map[int]int](),
	}
	var random func(depth int) reflect.Type
	random = func(depth int) reflect.Type {
		switch k := r.IntN(8); {
		case depth == 0 || k < 3:
			return basic[r.IntN(len(basic))]
		case k == 3:
			return reflect.ArrayOf(r.IntN(4), random(depth-1))
		default:
			fields := make([]reflect.StructField, r.IntN(4))
			for i := range fields {
				fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: random(depth - 1)}
			}
			return reflect.StructOf(fields)
		}
	}
	shapes := map[Token]int{}
	for range 20000 {
		typ := random(3)
		wantFit(t, typ)
		shapes[shapeOf(typ)]++
		if t.Failed() {
			return
		}
	}
	for _, shape := range []Token{boxed, offsetScalar, offsetPointer} {
		assert.Greater(t, shapes[shape], 500, "too few of shape %d to tell", shape)
	}
}
