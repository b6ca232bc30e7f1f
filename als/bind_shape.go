package als

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// How a function is called depends on the sizes of its parameters and results and on
// which of their words are pointers. The types do not matter otherwise: a
// func(*http.Request) is called just like a func(unsafe.Pointer). So one wrapper for
// each shape of function binds all functions of that shape without reflection.

// A class says how a parameter or result is passed.
type class int

const (
	none     class = iota // there is no such parameter or result
	pointer               // *T, map, chan, func, unsafe.Pointer: as unsafe.Pointer
	iface                 // any interface: as words
	str                   // string
	integer               // int, uint, uintptr and what is passed like them: as uintptr
	unshaped              // anything else
)

// words are the two words of an interface. typ points to a type or, if the interface
// has methods, to a table, so the pair is not a valid any.
type words struct{ typ, data unsafe.Pointer }

func classOf(t reflect.Type) class {
	switch t.Kind() {
	case reflect.Pointer:
		if async.NotInHeap(t.Elem()) {
			return integer // the collector must not take it for a pointer
		}
		return pointer
	case reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return pointer
	case reflect.Interface:
		return iface
	case reflect.String:
		return str
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return integer
	case reflect.Int64, reflect.Uint64:
		if t.Size() == unsafe.Sizeof(uintptr(0)) {
			return integer
		}
	}
	return unshaped
}

// A binder binds the function in *fn and stores the bound one in *bound. Sound because
// both are variables of a function type of the binder's shape.
type binder func(c async.Context, fn, bound unsafe.Pointer)

// binders has the binder of each function type that was bound, nil for a type that no
// shape fits. chooseBinder walks all fields of the types that parameters point to.
var binders sync.Map // reflect.Type -> binder

// binderOf returns the binder for functions of type t, nil if there is none.
func binderOf(t reflect.Type) binder {
	if b, ok := binders.Load(t); ok {
		return b.(binder)
	}
	b := chooseBinder(t)
	binders.Store(t, b)
	return b
}

func chooseBinder(t reflect.Type) binder {
	if t.IsVariadic() || t.NumIn() > 2 || t.NumOut() > 1 {
		return nil
	}
	var in [2]class
	for i := range t.NumIn() {
		in[i] = classOf(t.In(i))
	}
	out := none
	if t.NumOut() == 1 {
		out = classOf(t.Out(0))
	}
	switch in {
	case [2]class{}:
		return binderOf0(out)
	case [2]class{pointer}:
		return binderOf1[unsafe.Pointer](out)
	case [2]class{iface}:
		return binderOf1[words](out)
	case [2]class{str}:
		return binderOf1[string](out)
	case [2]class{integer}:
		return binderOf1[uintptr](out)
	case [2]class{iface, pointer}: // http.HandlerFunc
		return binderOf2[words, unsafe.Pointer](out)
	case [2]class{iface, iface}:
		return binderOf2[words, words](out)
	case [2]class{iface, str}:
		return binderOf2[words, string](out)
	}
	return nil
}

func binderOf0(out class) binder {
	switch out {
	case none:
		return bind0
	case pointer:
		return bind0Result[unsafe.Pointer]
	case iface:
		return bind0Result[words]
	case str:
		return bind0Result[string]
	case integer:
		return bind0Result[uintptr]
	}
	return nil
}

func binderOf1[A any](out class) binder {
	switch out {
	case none:
		return bind1[A]
	case pointer:
		return bind1Result[A, unsafe.Pointer]
	case iface:
		return bind1Result[A, words]
	case str:
		return bind1Result[A, string]
	case integer:
		return bind1Result[A, uintptr]
	}
	return nil
}

func binderOf2[A, B any](out class) binder {
	switch out {
	case none:
		return bind2[A, B]
	case iface:
		return bind2Result[A, B, words]
	}
	return nil
}

func bind0(c async.Context, fn, bound unsafe.Pointer) {
	*(*func())(bound) = bindFunc(c, *(*func())(fn))
}

func bind0Result[R any](c async.Context, fn, bound unsafe.Pointer) {
	f := *(*func() R)(fn)
	*(*func() R)(bound) = func() R {
		defer c.Enter().Leave()
		return f()
	}
}

func bind1[A any](c async.Context, fn, bound unsafe.Pointer) {
	f := *(*func(A))(fn)
	*(*func(A))(bound) = func(a A) {
		defer c.Enter().Leave()
		f(a)
	}
}

func bind1Result[A, R any](c async.Context, fn, bound unsafe.Pointer) {
	f := *(*func(A) R)(fn)
	*(*func(A) R)(bound) = func(a A) R {
		defer c.Enter().Leave()
		return f(a)
	}
}

func bind2[A, B any](c async.Context, fn, bound unsafe.Pointer) {
	f := *(*func(A, B))(fn)
	*(*func(A, B))(bound) = func(a A, b B) {
		defer c.Enter().Leave()
		f(a, b)
	}
}

func bind2Result[A, B, R any](c async.Context, fn, bound unsafe.Pointer) {
	f := *(*func(A, B) R)(fn)
	*(*func(A, B) R)(bound) = func(a A, b B) R {
		defer c.Enter().Leave()
		return f(a, b)
	}
}
