package als

import (
	"reflect"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Bind returns a function of fn's type that runs fn in the execution context of
// the Bind call, on any goroutine. When fn ends, by return, panic or
// [runtime.Goexit], the caller's own context is restored. Every call starts from the
// captured context; the function may be called any number of times, concurrently and
// from within itself. It is Node's AsyncLocalStorage.bind.
//
// F may be any function type, variadic ones included. Binding a func() costs one
// allocation and calling it a few nanoseconds. Functions with at most one parameter
// and at most one result, each a pointer, an interface, a string or an int, are
// called without reflection, too. So are most functions of an interface and one more
// parameter, such as http.HandlerFunc. The rest go through package reflect, at some
// hundred nanoseconds a call.
//
// It panics if fn is nil or not a function.
func Bind[F any](fn F) F {
	if f, ok := any(fn).(func()); ok {
		if f == nil {
			panic("als: Bind: fn is nil")
		}
		return any(bindFunc(async.Capture(), f)).(F)
	}
	return bindAny("Bind", fn, async.Capture)
}

func bindFunc(c async.Context, f func()) func() {
	return func() {
		defer c.Enter().Leave()
		f()
	}
}

// bindAny is Bind for all types but func(). caller is the exported function, for panics.
func bindAny[F any](caller string, fn F, capture func() async.Context) F {
	v := reflect.ValueOf(fn)
	if !v.IsValid() || v.Kind() != reflect.Func {
		panic("als: " + caller + ": fn is not a function but " + typeName(fn))
	}
	if v.IsNil() {
		panic("als: " + caller + ": fn is nil")
	}
	c := capture()
	if t := reflect.TypeFor[F](); t.Kind() == reflect.Func {
		if bind := binderOf(t); bind != nil {
			var bound F
			bind(c, unsafe.Pointer(&fn), unsafe.Pointer(&bound))
			return bound
		}
	}
	return bindReflect(c, v).Interface().(F)
}

func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}

// bindReflect binds a function of a type that no shape fits.
func bindReflect(c async.Context, fn reflect.Value) reflect.Value {
	if t := fn.Type(); withNumbers(t) != t {
		return retyped(bindReflect(c, retyped(fn, withNumbers(t))), t)
	}
	call := fn.Call
	if fn.Type().IsVariadic() {
		call = fn.CallSlice // the arguments arrive with the variadic ones as a slice
	}
	return reflect.MakeFunc(fn.Type(), func(args []reflect.Value) []reflect.Value {
		defer c.Enter().Leave()
		return call(args)
	})
}
