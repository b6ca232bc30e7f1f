package als

import (
	"reflect"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// How a function is called depends on the sizes of its parameters and results and
// on which of their words the collector takes for pointers, not on their names: a
// func(*http.Request) is called just like a func(unsafe.Pointer). So one wrapper
// for each shape of function binds all functions of that shape without reflection.

// A word stands in for a type in a shape.
type word int

const (
	none     word = iota // there is no such parameter or result
	pointer              // *T, map, chan, func, unsafe.Pointer: as unsafe.Pointer
	iface                // any interface: as any, whose second word is the pointer, too
	text                 // string
	machine              // int, uint, uintptr and what is passed like them: as uintptr
	unshaped             // anything else
)

func wordOf(t reflect.Type) word {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return pointer
	case reflect.Interface:
		return iface
	case reflect.String:
		return text
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return machine
	case reflect.Int64, reflect.Uint64:
		if t.Size() == unsafe.Sizeof(uintptr(0)) {
			return machine
		}
	}
	return unshaped
}

// A binder binds the function in *fn and leaves the bound one in *bound. Sound
// because both are variables of a function type of the binder's shape.
type binder func(c async.Context, fn, bound unsafe.Pointer)

// binderOf returns the binder for functions of type t, nil if there is none.
func binderOf(t reflect.Type) binder {
	if t.IsVariadic() || t.NumIn() > 2 || t.NumOut() > 1 {
		return nil
	}
	var in [2]word
	for i := range t.NumIn() {
		in[i] = wordOf(t.In(i))
	}
	out := none
	if t.NumOut() == 1 {
		out = wordOf(t.Out(0))
	}
	switch in {
	case [2]word{}:
		return binderOf0(out)
	case [2]word{pointer}:
		return binderOf1[unsafe.Pointer](out)
	case [2]word{iface}:
		return binderOf1[any](out)
	case [2]word{text}:
		return binderOf1[string](out)
	case [2]word{machine}:
		return binderOf1[uintptr](out)
	case [2]word{iface, pointer}: // http.HandlerFunc
		return binderOf2[any, unsafe.Pointer](out)
	case [2]word{iface, iface}:
		return binderOf2[any, any](out)
	case [2]word{iface, text}:
		return binderOf2[any, string](out)
	}
	return nil
}

func binderOf0(out word) binder {
	switch out {
	case none:
		return bind0
	case pointer:
		return bind0Result[unsafe.Pointer]
	case iface:
		return bind0Result[any]
	case text:
		return bind0Result[string]
	case machine:
		return bind0Result[uintptr]
	}
	return nil
}

func binderOf1[A any](out word) binder {
	switch out {
	case none:
		return bind1[A]
	case pointer:
		return bind1Result[A, unsafe.Pointer]
	case iface:
		return bind1Result[A, any]
	case text:
		return bind1Result[A, string]
	case machine:
		return bind1Result[A, uintptr]
	}
	return nil
}

func binderOf2[A, B any](out word) binder {
	switch out {
	case none:
		return bind2[A, B]
	case iface:
		return bind2Result[A, B, any]
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
