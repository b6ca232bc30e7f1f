package als_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestZeroStorageIsReady(t *testing.T) {
	var s als.Storage[int]
	wantNone(t, &s)
	s.Run(1, func() { wantStore(t, &s, 1) })
	wantNone(t, &s)
}

func TestStorageInsideAnotherValueIsReady(t *testing.T) {
	type server struct {
		name  string
		first als.Storage[string]
		more  [3]als.Storage[string]
	}
	x := &server{name: "x"}
	x.first.Run("first", func() {
		x.more[1].Run("second", func() {
			wantStore(t, &x.first, "first")
			wantNone(t, &x.more[0])
			wantStore(t, &x.more[1], "second")
			wantNone(t, &x.more[2])
		})
	})
}

// One type for each way in which a store can lie in memory, with values that a careless
// representation takes for "none".
func TestStoresOfEveryTypeComeBackUnchanged(t *testing.T) {
	checkStores(t, 0, 1, -1, math.MaxInt, math.MinInt)
	checkStores[int8](t, 0, -128, 127)
	checkStores[uint16](t, 0, 1, math.MaxUint16)
	checkStores[uint64](t, 0, 1, math.MaxUint64)
	checkStores[uintptr](t, 0, 1, ^uintptr(0))
	checkStores(t, false, true)
	checkStores[float32](t, 0, math.MaxFloat32, float32(math.Inf(-1)))
	checkStores(t, 0, math.SmallestNonzeroFloat64, math.Inf(1), math.Copysign(0, -1))
	checkStores(t, 0i, complex(1, -1), complex(math.MaxFloat64, -2))
	checkStores(t, "", "x", "a string\x00with a zero", "Grüße")
	checkStores(t, nil, new(int), new(int))
	checkStores(t, nil, &[100]int{99: 1})
	checkStores[error](t, nil, (*typedNil)(nil), io.EOF, errors.New("x"))
	checkStores[any](t, nil, 0, "", (*int)(nil), struct{}{}, error(nil), [8]int{7: 8}, fmt.Errorf("%w", io.EOF))
	checkStores[fmt.Stringer](t, nil, time.Duration(0), time.Hour, (*typedNil)(nil))
	checkStores(t, nil, []byte{}, []byte("bytes"), make([]byte, 3, 100))
	checkStores(t, nil, map[string]int{}, map[string]int{"a": 1})
	checkStores(t, nil, make(chan int), make(chan int, 1))
	checkStores(t, struct{}{})
	checkStores(t, [0]int{})
	checkStores(t, [1]string{}, [1]string{"x"})
	checkStores(t, [2]uint32{}, [2]uint32{1, math.MaxUint32})
	checkStores(t, [8]int{}, [8]int{1, 2, 3, 4, 5, 6, 7, 8})
	checkStores(t, [1000]byte{}, [1000]byte{999: 1})
	checkStores(t, time.Time{}, time.Unix(1, 2), time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC))
	type pair struct {
		id   uint32
		name *string
	}
	name := "name"
	checkStores(t, pair{}, pair{1, &name}, pair{math.MaxUint32, nil})
	type mixed struct {
		small  int8
		where  *string
		length int
	}
	checkStores(t, mixed{}, mixed{-1, &name, math.MinInt}, mixed{0, &name, 0})
	type behind struct {
		where  *string
		length uint16
	}
	checkStores(t, behind{}, behind{&name, math.MaxUint16})
	type wide struct {
		a, b string
		c    any
	}
	checkStores(t, wide{}, wide{"a", "b", io.EOF}, wide{"", "", (*int)(nil)})
	type named func() int
	var fs als.Storage[named]
	fs.Run(func() int { return 42 }, func() { assert.Equal(t, 42, fs.Get()()) })
	fs.Run(nil, func() {
		f, ok := fs.GetStore()
		assert.True(t, ok)
		assert.Nil(t, f)
	})
	checkStores[context.Context](t, nil, context.Background(), context.TODO())
}

type typedNil struct{ _ int }

func (*typedNil) Error() string  { return "typed nil" }
func (*typedNil) String() string { return "typed nil" }

// checkStores sets the values in every way, nested in both orders, with and without
// RevokeOnEnd.
func checkStores[T any](t *testing.T, values ...T) {
	t.Helper()
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[T]{RevokeOnEnd: revoke})
		var nest func(left []T)
		nest = func(left []T) {
			if len(left) == 0 {
				return
			}
			outer, had := s.GetStore()
			same := func(what string) {
				got, ok := s.GetStore()
				assert.Equal(t, had, ok, "after %s in a Storage[%T]", what, outer)
				assert.Equal(t, outer, got, "after %s in a Storage[%T]", what, outer)
			}
			v := left[0]
			s.Run(v, func() {
				wantStore(t, s, v)
				nest(left[1:])
				wantStore(t, s, v)
				s.EnterWith(left[len(left)-1])
				wantStore(t, s, left[len(left)-1])
			})
			same("Run")
			scope := s.WithScope(v)
			wantStore(t, s, v)
			scope.End()
			same("Scope")
			s.Exit(func() {
				wantNone(t, s)
				s.EnterWith(v)
				wantStore(t, s, v)
			})
			same("Exit")
			als.Snapshot().Run(func() {
				same("Snapshot")
				s.EnterWith(v)
				wantStore(t, s, v)
			})
			same("ExecutionContext.Run")
			s.Run(v, func() {
				testkit.Through(als.Go, func() { wantStore(t, s, v) })
			})
			same("Go")
		}
		nest(values)
		reversed := make([]T, 0, len(values))
		for i := range values {
			reversed = append(reversed, values[len(values)-1-i])
		}
		nest(reversed)
		wantNone(t, s)
	}
}

func TestNilAndZeroStoresAreNotTheDefault(t *testing.T) {
	s := als.New(als.Options[error]{Default: io.EOF})
	s.Run(nil, func() { wantStore(t, s, nil) })
	n := als.New(als.Options[int]{Default: 7})
	n.Run(0, func() { wantStore(t, n, 0) })
}

func TestDefaultIsReturnedWhereThereIsNoStore(t *testing.T) {
	type big struct{ a, b, c, d, e string }
	def := big{e: "default"}
	check := func(s *als.Storage[big]) {
		got, ok := s.GetStore()
		assert.False(t, ok)
		assert.Equal(t, def, got)
		assert.Equal(t, def, s.Get())
	}
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[big]{Default: def, RevokeOnEnd: revoke})
		check(s)
		s.Run(big{a: "store"}, func() {
			wantStore(t, s, big{a: "store"})
			s.Exit(func() { check(s) })
			if !inheriting {
				testkit.InGoroutine(func() { check(s) })
			}
			als.ExecutionContext{}.Run(func() { check(s) })
			wantStore(t, s, big{a: "store"})
			s.Disable()
			check(s)
		})
		check(s)
		s.WithScope(big{b: "scope"}).End()
		check(s)
	}
}

func TestNameIsThatOfTheOptions(t *testing.T) {
	assert.Equal(t, "request", als.New(als.Options[int]{Name: "request"}).Name())
	assert.Empty(t, als.New[int]().Name())
	assert.Empty(t, new(als.Storage[int]).Name())
	assert.Empty(t, als.New(als.Options[int]{}).Name())
}

func TestLabelIsThatOfTheCurrentStore(t *testing.T) {
	label := func(n int) string { return "r-" + strconv.Itoa(n) }
	s := als.New(als.Options[int]{Name: "s", Default: 1, Label: label})
	assert.Empty(t, s.Label(), "a default is not a store")
	s.Run(42, func() {
		assert.Equal(t, "r-42", s.Label())
		s.Run(0, func() { assert.Equal(t, "r-0", s.Label()) })
		s.Exit(func() { assert.Empty(t, s.Label()) })
	})
	var plain als.Storage[int]
	plain.Run(42, func() { assert.Empty(t, plain.Label()) })
}

func TestNewWithoutOptionsIsAZeroStorage(t *testing.T) {
	s := als.New[string]()
	wantNone(t, s)
	s.Run("x", func() { wantStore(t, s, "x") })
}

func TestStoragesWithTheSameNameAreIndependent(t *testing.T) {
	a, b := als.New(als.Options[int]{Name: "same"}), als.New(als.Options[int]{Name: "same"})
	a.Run(1, func() {
		wantNone(t, b)
		b.Run(2, func() {
			wantStore(t, a, 1)
			wantStore(t, b, 2)
			a.Exit(func() {
				wantNone(t, a)
				wantStore(t, b, 2)
			})
		})
		wantStore(t, a, 1)
		wantNone(t, b)
	})
}

func TestRunCallsItsFunctionOnceBeforeItReturns(t *testing.T) {
	var s als.Storage[int]
	calls := 0
	s.Run(1, func() { calls++ })
	assert.Equal(t, 1, calls)
	s.Exit(func() { calls++ })
	assert.Equal(t, 2, calls)
	als.Snapshot().Run(func() { calls++ })
	assert.Equal(t, 3, calls)
}

func TestInnermostRunWins(t *testing.T) {
	var s als.Storage[int]
	var down func(depth int)
	down = func(depth int) {
		if depth == 1000 {
			return
		}
		s.Run(depth, func() {
			wantStore(t, &s, depth)
			down(depth + 1)
			wantStore(t, &s, depth)
		})
	}
	down(0)
	wantNone(t, &s)
}

func TestManyStoragesDoNotTouchEachOther(t *testing.T) {
	storages := make([]als.Storage[int], 300)
	testkit.InGoroutine(func() {
		var set func(i int)
		set = func(i int) {
			if i == len(storages) {
				for j := range storages {
					wantStore(t, &storages[j], j)
				}
				testkit.Through(als.Go, func() {
					for j := range storages {
						wantStore(t, &storages[j], j)
					}
				})
				return
			}
			if i%3 == 2 {
				storages[i].EnterWith(i)
				set(i + 1)
				return
			}
			storages[i].Run(i, func() { set(i + 1) })
		}
		set(0)
		for j := range storages {
			if j%3 == 2 {
				wantStore(t, &storages[j], j, "an EnterWith stays when Runs of others end")
			} else {
				wantNone(t, &storages[j])
			}
		}
	})
}

// A goroutine's array of cells is replaced while Runs that wrote into the old one are in
// progress.
func TestRunRestoresAlthoughManyStoragesWereFirstUsedInside(t *testing.T) {
	for n := range 70 {
		testkit.InGoroutine(func() {
			outer := als.New[string]()
			outer.EnterWith("before")
			others := make([]*als.Storage[int], n)
			outer.Run("in", func() {
				for i := range others {
					others[i] = als.New[int]()
					others[i].EnterWith(i)
				}
				wantStore(t, outer, "in")
			})
			wantStore(t, outer, "before")
			for i := range others {
				wantStore(t, others[i], i)
			}
		})
	}
}

func TestRunFuncAndExitFuncReturnTheResult(t *testing.T) {
	s := als.New(als.Options[string]{Default: "none"})
	assert.Equal(t, "in!", als.RunFunc(s, "in", func() string { return s.Get() + "!" }))
	s.Run("out", func() {
		assert.Equal(t, "none!", als.ExitFunc(s, func() string { return s.Get() + "!" }))
		wantStore(t, s, "out")
	})
	assert.Equal(t, io.EOF, als.RunFunc(s, "", func() error { return io.EOF }))
	assert.NoError(t, als.ExitFunc(s, func() error { return nil }))
	assert.Equal(t, [4]int{3: 1}, als.RunFunc(s, "", func() [4]int { return [4]int{3: 1} }))
}

func TestExitHidesTheStoreFromGoroutinesAndCaptures(t *testing.T) {
	var s, other als.Storage[string]
	s.Run("s", func() {
		other.Run("other", func() {
			var bound func()
			var snapshot als.ExecutionContext
			s.Exit(func() {
				wantNone(t, &s)
				wantStore(t, &other, "other")
				testkit.Through(als.Go, func() {
					wantNone(t, &s)
					wantStore(t, &other, "other")
				})
				bound = als.Bind(func() { wantNone(t, &s) })
				snapshot = als.Snapshot()
			})
			wantStore(t, &s, "s")
			bound()
			snapshot.Run(func() {
				wantNone(t, &s)
				wantStore(t, &other, "other")
			})
		})
	})
}

func TestExitWithoutAStore(t *testing.T) {
	var s als.Storage[string]
	s.Exit(func() {
		wantNone(t, &s)
		s.Exit(func() { wantNone(t, &s) })
		s.Run("in", func() { wantStore(t, &s, "in") })
		wantNone(t, &s)
	})
	wantNone(t, &s)
}

func TestReadingCreatesNothing(t *testing.T) {
	s := als.New(als.Options[int]{Default: 3})
	testkit.InGoroutine(func() {
		assert.Equal(t, 3, s.Get())
		s.Disable()
		assert.Equal(t, 3, s.Get())
		assert.Equal(t, als.ExecutionContext{}, als.Snapshot())
	})
}
