package als

import (
	"reflect"
	"strconv"
	"sync"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// A C handle is a number with a pointer type; see async.NotInHeap. When package reflect
// calls a function it treats the number as a pointer, and the collector crashes. So
// functions with handles are bound through reflect as functions of numbers, which are
// called in the same way.

// numbered has the result of withNumbers for each function type that was bound through
// reflect. withNumbers walks all fields of the types that parameters point to.
var numbered sync.Map // reflect.Type -> reflect.Type

// withNumbers returns function type t with numbers in place of handles, t itself if it
// has none. The result is never variadic.
func withNumbers(t reflect.Type) reflect.Type {
	if n, ok := numbered.Load(t); ok {
		return n.(reflect.Type)
	}
	in, out := make([]reflect.Type, t.NumIn()), make([]reflect.Type, t.NumOut())
	handles := false
	for i := range in {
		in[i] = numbersIn(t.In(i))
		handles = handles || in[i] != t.In(i)
	}
	for i := range out {
		out[i] = numbersIn(t.Out(i))
		handles = handles || out[i] != t.Out(i)
	}
	n := t
	if handles {
		n = reflect.FuncOf(in, out, false)
	}
	numbered.Store(t, n)
	return n
}

// numbersIn returns type t with numbers in place of the handles in its values, t itself
// if there are none. It has the same size and is passed in the same registers.
func numbersIn(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Pointer:
		if async.NotInHeap(t.Elem()) {
			return reflect.TypeFor[uintptr]()
		}
	case reflect.Slice:
		if async.NotInHeap(t.Elem()) {
			return reflect.TypeFor[struct {
				Data     uintptr
				Len, Cap int
			}]()
		}
	case reflect.Array:
		if e := numbersIn(t.Elem()); e != t.Elem() {
			return reflect.ArrayOf(t.Len(), e)
		}
	case reflect.Struct:
		fields, handles := make([]reflect.StructField, t.NumField()), false
		for i := range fields {
			f := t.Field(i).Type
			fields[i] = reflect.StructField{Name: "F" + strconv.Itoa(i), Type: numbersIn(f)}
			handles = handles || fields[i].Type != f
		}
		if handles {
			return reflect.StructOf(fields)
		}
	}
	return t
}

// retyped returns function v as one of function type t. Sound because functions of
// both types are called in the same way.
func retyped(v reflect.Value, t reflect.Type) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return reflect.NewAt(t, p.UnsafePointer()).Elem()
}
