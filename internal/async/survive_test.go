package async

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// A storeKind checks stores of one type, which point to memory that nothing else refers
// to. It calls between before each read.
type storeKind struct {
	name  string
	check func(t *testing.T, between func(), revoke bool)
}

type secret struct {
	n    int
	text string
}

func newSecret(n int) *secret      { return &secret{n, "secret " + strconv.Itoa(n)} }
func (s *secret) right(n int) bool { return s.n == n && s.text == "secret "+strconv.Itoa(n) }

// kindOf returns the check for type T. It sets stores in layers of every kind, so that
// only cells refer to the stores beneath, and reads them all on the way out.
func kindOf[T any](of func(n int) T, right func(store T, n int) bool) storeKind {
	return storeKind{reflect.TypeFor[T]().String(), func(t *testing.T, between func(), revoke bool) {
		v := &variable[T]{revoke: revoke}
		other := &variable[int]{}
		want := func(n int) {
			t.Helper()
			between()
			store, ok := v.get()
			require.True(t, ok, "store %d", n)
			require.True(t, right(store, n), "store %d is %v", n, store)
		}
		v.set(of(1)) // the inline cell
		want(1)
		other.set(1) // an array
		want(1)
		v.run(of(2), func() { // saved in a Layer
			want(2)
			n := v.scope(of(3)) // saved in a Scope
			want(3)
			c := Capture() // a shared array
			v.set(of(4))
			v.exit(func() {
				between()
				enter(c, func() { want(3) })
				enter(Context{}, func() {
					v.set(of(5))
					want(5) // in the inline cell, unless an outer Switch uses it
				})
			})
			want(4)
			require.True(t, n.End())
			want(2)
			if !revoke {
				enter(c, func() { want(3) })
			}
			done := make(chan struct{})
			c = Capture()
			go c.RunGoroutine(func() {
				defer close(done)
				want(2)
			})
			<-done
		})
		want(1)
	}}
}

var storeKinds = []storeKind{
	kindOf(func(n int) *secret { return newSecret(n) }, (*secret).right),
	kindOf(func(n int) string { return newSecret(n).text }, func(s string, n int) bool { return s == newSecret(n).text }),
	kindOf(func(n int) any { return newSecret(n) }, func(a any, n int) bool { return a.(*secret).right(n) }),
	kindOf(func(n int) any { return newSecret(n).text }, func(a any, n int) bool { return a == newSecret(n).text }),
	kindOf(func(n int) error { return fmt.Errorf("error %d", n) }, func(e error, n int) bool { return e.Error() == fmt.Sprintf("error %d", n) }),
	kindOf(func(n int) func() int { return func() int { return n } }, func(f func() int, n int) bool { return f() == n }),
	kindOf(func(n int) map[int]*secret { return map[int]*secret{n: newSecret(n)} }, func(m map[int]*secret, n int) bool { return m[n].right(n) }),
	kindOf(func(n int) chan *secret {
		c := make(chan *secret, 1)
		c <- newSecret(n)
		return c
	}, func(c chan *secret, n int) bool {
		s := <-c
		c <- s
		return s.right(n)
	}),
	kindOf(func(n int) struct {
		n int
		s *secret
	} {
		return struct {
			n int
			s *secret
		}{n, newSecret(n)}
	}, func(x struct {
		n int
		s *secret
	}, n int) bool {
		return x.n == n && x.s.right(n)
	}),
	kindOf(func(n int) struct {
		s *secret
		n int
	} {
		return struct {
			s *secret
			n int
		}{newSecret(n), n}
	}, func(x struct {
		s *secret
		n int
	}, n int) bool {
		return x.n == n && x.s.right(n)
	}),
	kindOf(func(n int) struct {
		n int
		s string
	} {
		return struct {
			n int
			s string
		}{n, newSecret(n).text}
	}, func(x struct {
		n int
		s string
	}, n int) bool {
		return x.n == n && x.s == newSecret(n).text
	}),
	kindOf(func(n int) []*secret { return []*secret{newSecret(n)} }, func(s []*secret, n int) bool { return s[0].right(n) }),
	kindOf(func(n int) [4]*secret { return [4]*secret{3: newSecret(n)} }, func(a [4]*secret, n int) bool { return a[3].right(n) }),
	kindOf(func(n int) unsafe.Pointer { return unsafe.Pointer(newSecret(n)) }, func(p unsafe.Pointer, n int) bool { return (*secret)(p).right(n) }),
	kindOf(func(n int) int { return n }, func(m, n int) bool { return m == n }),
	kindOf(func(n int) int64 { return int64(n) << 40 }, func(m int64, n int) bool { return m == int64(n)<<40 }),
	kindOf(func(n int) complex128 { return complex(float64(n), 1) }, func(c complex128, n int) bool { return c == complex(float64(n), 1) }),
	kindOf(func(n int) struct{} { return struct{}{} }, func(struct{}, int) bool { return true }),
}

// litter makes the collector reuse memory that it believes to be free.
func litter() {
	for i := range 200 {
		for _, x := range []any{&secret{-i, "litter"}, make([]*secret, 8), strconv.Itoa(1000 + i)} {
			sink.Store(&x)
		}
	}
}

var sink atomic.Pointer[any]

// TestStoresSurviveCollection collects between any two steps. Memory to which only a
// cell refers must stay, in cells of every kind.
func TestStoresSurviveCollection(t *testing.T) {
	for _, kind := range storeKinds {
		for _, revoke := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/revoke=%v", kind.name, revoke), func(t *testing.T) {
				testkit.InGoroutine(func() {
					kind.check(t, func() { runtime.GC(); litter() }, revoke)
				})
			})
		}
	}
}

// TestStoresSurviveChurn collects all the time instead, so that the collector marks
// while stores move between cells and frames.
func TestStoresSurviveChurn(t *testing.T) {
	// A hundredth of an empty heap would be a collection for each allocation, where
	// GODEBUG=gcstoptheworld=2 sweeps at once.
	ballast := make([]byte, 16<<20)
	defer runtime.KeepAlive(ballast)
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	done := make(chan struct{})
	for g := range 2 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range rounds {
				for _, kind := range storeKinds {
					testkit.InGoroutine(func() { kind.check(t, litter, g == 1) })
				}
			}
		}()
	}
	<-done
	<-done
}
