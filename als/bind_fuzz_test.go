package als

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/stretchr/testify/require"
)

// parameters are the types from which FuzzBind makes function types: one of each class,
// of each way to be passed in registers or on the stack, and with pointers in each place.
var parameters = []reflect.Type{
	reflect.TypeFor[*int](), reflect.TypeFor[map[string]int](), reflect.TypeFor[chan int](), reflect.TypeFor[func()](),
	reflect.TypeFor[unsafe.Pointer](), reflect.TypeFor[any](), reflect.TypeFor[error](), reflect.TypeFor[string](),
	reflect.TypeFor[int](), reflect.TypeFor[uint8](), reflect.TypeFor[int32](), reflect.TypeFor[uint64](), reflect.TypeFor[bool](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex128](),
	reflect.TypeFor[[]byte](), reflect.TypeFor[[]*int](), reflect.TypeFor[struct{}](), reflect.TypeFor[[0]*int](),
	reflect.TypeFor[[1]string](), reflect.TypeFor[[2]*int](), reflect.TypeFor[[40]byte](),
	reflect.TypeFor[struct {
		N int8
		P *int
		F float32
		S string
	}](),
}

type fuzzError struct{ n int }

func (e *fuzzError) Error() string { return "fuzz" }

// fuzzValue returns a value of type t that depends on n.
func fuzzValue(t reflect.Type, n int) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Pointer:
		v.Set(reflect.ValueOf(&n))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]int{"n": n}))
	case reflect.Chan:
		v.Set(reflect.ValueOf(make(chan int, n%8)))
	case reflect.Func:
		v.Set(reflect.ValueOf(func() { n++ }))
	case reflect.UnsafePointer:
		v.SetPointer(unsafe.Pointer(&n))
	case reflect.Interface:
		if t.NumMethod() > 0 || n%2 == 0 {
			v.Set(reflect.ValueOf(&fuzzError{n}))
		} else {
			v.Set(reflect.ValueOf([3]int{n, n, n}))
		}
	case reflect.String:
		v.SetString(string(make([]byte, n%5)) + string(rune('a'+n%26)))
	case reflect.Int, reflect.Int8, reflect.Int32:
		v.SetInt(int64(n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(n) & 0xff)
	case reflect.Bool:
		v.SetBool(n%2 == 0)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(n) / 2)
	case reflect.Complex128:
		v.SetComplex(complex(float64(n), -float64(n)))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, n%4, 4))
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).Set(fuzzValue(t.Elem(), n+i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			v.Field(i).Set(fuzzValue(t.Field(i).Type, n+i))
		}
	}
	return v
}

// sameWords reports whether two values have the same words: functions and slices, too.
func sameWords(a, b reflect.Value) bool {
	bytes := func(v reflect.Value) string {
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		return string(unsafe.Slice((*byte)(p.UnsafePointer()), v.Type().Size()))
	}
	if a.Kind() == reflect.Struct { // with padding
		for i := range a.NumField() {
			if !sameWords(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return bytes(a) == bytes(b)
}

// FuzzBind binds functions of random types. The arguments and results must arrive, and
// the context must be the captured one inside and the caller's outside, also after a
// panic. Functions that a shape fits are bound with and without reflection.
func FuzzBind(f *testing.F) {
	f.Add([]byte{0}, []byte{}, false, false)
	f.Add([]byte{5, 0}, []byte{}, false, true)
	f.Add([]byte{5, 7}, []byte{6}, false, false)
	f.Add([]byte{23, 15, 9, 21, 22, 18}, []byte{20, 13, 5, 23}, false, false)
	f.Add([]byte{7, 16}, []byte{1}, true, false)
	var s Storage[int]
	f.Fuzz(func(t *testing.T, in, out []byte, variadic, panics bool) {
		types := func(choice []byte) (list []reflect.Type) {
			for _, b := range choice[:min(len(choice), 20)] {
				list = append(list, parameters[int(b)%len(parameters)])
			}
			return list
		}
		ins, outs := types(in), types(out)
		if variadic = variadic && len(ins) > 0; variadic {
			ins[len(ins)-1] = reflect.SliceOf(ins[len(ins)-1])
		}
		ft := reflect.FuncOf(ins, outs, variadic)
		var args, results []reflect.Value
		for i, p := range ins {
			args = append(args, fuzzValue(p, i+len(in)))
		}
		for i, r := range outs {
			results = append(results, fuzzValue(r, i+7))
		}
		var calls int
		fn := reflect.New(ft)
		fn.Elem().Set(reflect.MakeFunc(ft, func(got []reflect.Value) []reflect.Value {
			calls++
			require.Equal(t, 1, s.Get(), "%s", ft)
			for i := range args {
				require.True(t, sameWords(args[i], got[i]), "parameter %d of %s", i, ft)
			}
			if panics {
				panic("passed on")
			}
			return results
		}))
		var bound []reflect.Value
		s.Run(1, func() {
			c := async.Capture()
			bound = append(bound, bindReflect(c, fn.Elem()))
			if bind := binderOf(ft); bind != nil {
				b := reflect.New(ft)
				bind(c, fn.UnsafePointer(), b.UnsafePointer())
				bound = append(bound, b.Elem())
			}
		})
		for i, b := range bound {
			s.Run(2, func() {
				defer func() {
					require.Equal(t, 2, s.Get(), "%s", ft)
					require.Equal(t, i+1, calls)
					if v := recover(); panics {
						require.Equal(t, "passed on", v)
					} else {
						require.Nil(t, v)
					}
				}()
				call := b.Call
				if variadic {
					call = b.CallSlice
				}
				for i, got := range call(args) {
					require.True(t, sameWords(results[i], got), "result %d of %s", i, ft)
				}
			})
		}
	})
}
