package als_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

// bindings bind functions of many types, which run the body of the current worker.
var bindings = []func(*machine) bound{
	func(m *machine) bound {
		f := als.Bind(func() { m.current.body() })
		return bound{typ: "func()", call: func(int) string { f(); return "" }}
	},
	binding(func(m *machine) func() error {
		return func() error { m.current.body(); return (*thing)(nil) }
	}, func(f func() error, arg int) bool { return f() == error((*thing)(nil)) }),
	binding(func(m *machine) func(int) int {
		return func(n int) int { m.current.body(); return ^n }
	}, func(f func(int) int, arg int) bool { return f(arg) == ^arg }),
	binding(func(m *machine) func(string) string {
		return func(s string) string { m.current.body(); return s + "!" }
	}, func(f func(string) string, arg int) bool { return f(textOf(arg)) == textOf(arg)+"!" }),
	binding(func(m *machine) func(*thing) *thing {
		return func(x *thing) *thing { m.current.body(); return x }
	}, func(f func(*thing) *thing, arg int) bool { return f(newThing(arg)).is(arg) }),
	binding(func(m *machine) func(any, *thing) {
		return func(a any, x *thing) {
			if !ifaceIs(a, x.id) || !x.is(x.id) {
				m.fail("a bound function gets %v and %v", a, x)
			}
			m.current.body()
		}
	}, func(f func(any, *thing), arg int) bool { f(ifaceOf(arg+1), newThing(arg+1)); return true }),
	binding(func(m *machine) func(context.Context, string) error {
		return func(ctx context.Context, s string) error {
			m.current.body()
			return errors.New(ctx.Value(ambientID{}).(string) + s)
		}
	}, func(f func(context.Context, string) error, arg int) bool {
		ctx := context.WithValue(context.Background(), ambientID{}, textOf(arg))
		return f(ctx, "?").Error() == textOf(arg)+"?"
	}),
	binding(func(m *machine) func(string, ...int) (int, error) {
		return func(s string, n ...int) (int, error) {
			m.current.body()
			return len(s) + len(n) + n[1], nil
		}
	}, func(f func(string, ...int) (int, error), arg int) bool {
		n, err := f("ab", 1, arg)
		return n == 4+arg && err == nil
	}),
	binding(func(m *machine) func([8]uint64, float64) (float64, []byte) {
		return func(a [8]uint64, f float64) (float64, []byte) {
			m.current.body()
			return f + float64(a[7]), []byte{byte(a[0])}
		}
	}, func(f func([8]uint64, float64) (float64, []byte), arg int) bool {
		sum, b := f([8]uint64{0: uint64(arg), 7: 2}, float64(arg))
		return sum == float64(arg)+2 && b[0] == byte(arg)
	}),
	binding(func(m *machine) handler {
		return func(a any, x *thing) { m.current.body() }
	}, func(f handler, arg int) bool { f(nil, nil); return true }),
	binding(func(m *machine) func(numberAndPointer) numberAndPointer {
		return m.method
	}, func(f func(numberAndPointer) numberAndPointer, arg int) bool {
		got := f(numberAndPointer{arg, newThing(arg)})
		return got.n == arg+1 && got.p.is(arg)
	}),
}

type handler func(any, *thing)

func (m *machine) method(x numberAndPointer) numberAndPointer {
	m.current.body()
	x.n++
	return x
}

// binding returns a binding for functions of type F. check calls the bound function and
// reports whether its arguments and results are right.
func binding[F any](make func(*machine) F, check func(f F, arg int) bool) func(*machine) bound {
	return func(m *machine) bound {
		f := als.Bind(make(m))
		return bound{typ: fmt.Sprintf("%T", f), call: func(arg int) string {
			if !check(f, arg) {
				return "arguments or results are wrong"
			}
			return ""
		}}
	}
}
