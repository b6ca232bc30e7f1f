package inheritance_test

import (
	"context"
	"reflect"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
	"testing"
	"unsafe"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/goversion"
	"github.com/seed-1938943e/goroutine/internal/inheritance"
	"github.com/seed-1938943e/goroutine/internal/labelset"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// begin turns inheritance on, if labels can be reached without a linkname here.
func begin(t *testing.T) {
	if labels.Offset() == 0 {
		t.Skip("labels cannot be reached here")
	}
	if !inheritance.On() {
		inheritance.Begin(inheritance.Options{
			Access:   labelset.Access{Read: labels.Get, Write: labels.Set},
			Detached: func() bool { return false },
			Offset:   labels.Offset(),
		})
	}
}

func child[T any](s *als.Storage[T]) (store T, ok bool) {
	testkit.InGoroutine(func() { store, ok = s.GetStore() })
	return store, ok
}

// inNew runs f in a goroutine without stores.
func inNew(f func()) {
	als.ExecutionContext{}.Run(func() { testkit.InGoroutine(f) })
}

// TestARunInProgressWhenInheritanceBegins must come first: inheritance stays on.
func TestARunInProgressWhenInheritanceBegins(t *testing.T) {
	if labels.Offset() == 0 || inheritance.On() {
		t.Skip("inheritance is on already, or cannot be")
	}
	var s, other als.Storage[int]
	begun, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() { // as from an earlier init function
		defer close(done)
		for !testkit.Closed(goOn) {
			other.Run(2, func() { other.Get(); runtime.Gosched() })
		}
	}()
	testkit.InGoroutine(func() {
		s.Run(1, func() {
			_, ok := child(&s)
			assert.False(t, ok, "not yet")
			close(begun)
			testkit.InGoroutine(func() { begin(t) })
			assert.Equal(t, 1, s.Get())
			got, ok := child(&s)
			assert.Equal(t, 1, got, "from its next use on")
			assert.True(t, ok)
		})
		_, ok := child(&s)
		assert.False(t, ok, "the Run has ended")
	})
	<-begun
	close(goOn)
	<-done
}

func TestARunPublishesOneNode(t *testing.T) {
	begin(t)
	var s, other als.Storage[int]
	inNew(func() {
		s.Run(1, func() {
			outer := inheritance.Published()
			assert.True(t, inheritance.IsNode(outer))
			if unsafe.Sizeof(uintptr(0)) == 8 {
				assert.EqualValues(t, []uintptr{48, 48, 64}, []uintptr{
					inheritance.PointerNodeSize, inheritance.NumberNodeSize, inheritance.WholeNodeSize,
				}, "size classes")
			}
			other.Run(2, func() {
				inner := inheritance.Published()
				assert.NotSame(t, outer, inner)
				assert.Same(t, outer, inheritance.Below(inner))
			})
			assert.Same(t, outer, inheritance.Published())
			s.Run(3, func() {
				assert.Equal(t, inheritance.Depth(outer), inheritance.Depth(inheritance.Published()), "it replaces the node of the same key")
			})
			assert.Same(t, outer, inheritance.Published())
		})
		assert.Nil(t, inheritance.Published())
	})
}

// A chain has no more than MaxDepth nodes, however deep the Runs and however often
// EnterWith is called. Children see the right stores.
func TestTheDepthIsBounded(t *testing.T) {
	begin(t)
	storages := make([]als.Storage[int], 3*inheritance.MaxDepth)
	var nest func(i int)
	nest = func(i int) {
		if i == len(storages) {
			return
		}
		storages[i].Run(i+1, func() {
			if d := inheritance.Depth(inheritance.Published()); d > inheritance.MaxDepth {
				t.Errorf("depth %d in Run %d, want at most %d", d, i, inheritance.MaxDepth)
				return
			}
			before := inheritance.Published()
			nest(i + 1)
			if i%16 == 0 {
				testkit.InGoroutine(func() {
					for j := range storages {
						want := 0
						if j <= i {
							want = j + 1
						}
						if storages[j].Get() != want {
							t.Errorf("in Run %d: storage %d has %d, want %d", i, j, storages[j].Get(), want)
						}
					}
				})
			}
			if i+1 < inheritance.MaxDepth {
				assert.Same(t, before, inheritance.Published())
			}
		})
	}
	inNew(func() { nest(0); assert.Nil(t, inheritance.Published()) })
	inNew(func() {
		for i := range 10_000 {
			storages[i%3].EnterWith(i)
			assert.LessOrEqual(t, inheritance.Depth(inheritance.Published()), 1)
		}
	})
}

// Only the first child that uses the engine walks the chain.
func TestSiblingsShareAWalk(t *testing.T) {
	begin(t)
	var a, b, c als.Storage[int]
	inNew(func() {
		a.Run(1, func() {
			b.Run(2, func() {
				c.Run(3, func() {
					var first, second async.Context
					see := func(to *async.Context) {
						testkit.InGoroutine(func() {
							assert.Equal(t, []int{1, 2, 3}, []int{a.Get(), b.Get(), c.Get()})
							*to = async.Capture()
						})
					}
					see(&first)
					see(&second)
					assert.Equal(t, first, second, "the same cells")
					b.Exit(func() {
						_, ok := child(&b)
						assert.False(t, ok)
					})
				})
				assert.Equal(t, 2, b.Get())
				got, _ := child(&b)
				assert.Equal(t, 2, got)
			})
		})
	})
}

func TestABoundCallPublishesTheContextsBase(t *testing.T) {
	begin(t)
	var s, other als.Storage[int]
	inNew(func() {
		var bound func()
		var inside *labelset.Set
		s.Run(1, func() {
			other.Run(1, func() { bound = als.Bind(func() { inside = inheritance.Published() }) })
			bound()
			first := inside
			assert.True(t, inheritance.IsBase(first))
			bound()
			assert.Same(t, first, inside)
		})
	})
}

// Children inherit an array for the stores that there are, not for those of collected
// storages.
func TestChildrenInheritASmallArray(t *testing.T) {
	begin(t)
	inNew(func() {
		var s als.Storage[int]
		s.EnterWith(1)
		for i := range 100 {
			new(als.Storage[int]).EnterWith(i)
		}
		testkit.EventuallyCollected(t, "children inherit a small array", func() bool {
			s.EnterWith(2)
			size := 0
			testkit.InGoroutine(func() { s.Get(); size = len(async.Capture().Cells()) })
			return size <= 8
		})
	})
}

// A use of a storage that has never had a store publishes again, too, as the docs say of
// any use.
func TestAnyUseSyncs(t *testing.T) {
	begin(t)
	var s als.Storage[int]
	for name, use := range map[string]func(){
		"Get of an unused storage": func() { new(als.Storage[string]).Get() },
		"GetStore":                 func() { s.GetStore() },
		"Snapshot":                 func() { als.Snapshot() },
		"Exit":                     func() { new(als.Storage[string]).Exit(func() {}) },
	} {
		inNew(func() {
			s.Run(1, func() {
				pprof.Do(context.Background(), pprof.Labels("a", "1"), func(context.Context) {
					_, ok := child(&s)
					assert.False(t, ok, "%s: the labels are the program's", name)
					use()
					got, _ := child(&s)
					assert.Equal(t, 1, got, name)
				})
			})
		})
	}
}

func TestAChildThatUsesTheEngineKeepsNoHiddenStore(t *testing.T) {
	begin(t)
	var s als.Storage[*[1 << 16]byte]
	var other als.Storage[int]
	release, done := make(chan struct{}), make(chan struct{})
	var hidden weak.Pointer[[1 << 16]byte]
	inNew(func() {
		big := new([1 << 16]byte)
		hidden = weak.Make(big)
		s.Run(big, func() {
			other.Run(1, func() {
				s.Run(nil, func() {
					ready := make(chan struct{})
					go func() {
						defer close(done)
						other.Get()
						close(ready)
						<-release
						assert.Nil(t, s.Get())
					}()
					<-ready
				})
			})
		})
	})
	testkit.Garbage(t, "the hidden store", hidden)
	close(release)
	<-done
}

// Several children walk one chain, while the owner publishes other links.
func TestWalksAtOnce(t *testing.T) {
	begin(t)
	var a, b als.Storage[int]
	var wrong atomic.Int64
	inNew(func() {
		for i := range testkit.Scaled(t, 3000) {
			a.Run(i, func() {
				b.Run(-i, func() {
					done := make(chan struct{}, 4)
					for range 4 {
						go func() {
							if a.Get() != i || b.Get() != -i {
								wrong.Add(1)
							}
							done <- struct{}{}
						}()
					}
					if i%2 == 0 {
						b.EnterWith(-i)
					}
					for range 4 {
						<-done
					}
				})
			})
		}
	})
	assert.Zero(t, wrong.Load())
}

// The leaf finds the cell for an observed Run, unless more than the cell has to be
// published, or the labels are not those published.
func TestTheLeafFindsTheCellOfAnObservedRun(t *testing.T) {
	begin(t)
	if !goversion.Known || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("there are no leaves here")
	}
	var key, hidden async.Key
	token := key.Use(reflect.TypeFor[int](), async.KeyOptions{})
	explicit := hidden.Use(reflect.TypeFor[int](), async.KeyOptions{Inherit: async.InheritExplicit})
	finds := func(x async.Token) bool {
		r, c := async.FastCell(x)
		return c != nil && r.Observed()
	}
	enter := func(x async.Token) {
		r, c := async.CellFor(x)
		c.Prepare(x)
		*(*int)(c.Addr(x)) = 1
		r.Changed()
	}
	inNew(func() {
		assert.False(t, finds(token), "no record")
		enter(token)
		assert.True(t, finds(token))
		enter(explicit)
		assert.False(t, finds(explicit), "no go statement carries it")
		c := async.Capture()
		assert.False(t, finds(token), "the cells are shared")
		enter(token)
		assert.True(t, finds(token))
		s := c.Enter()
		assert.False(t, finds(token), "the cells are those of a context")
		s.Leave()
		assert.True(t, finds(token))
		pprof.Do(context.Background(), pprof.Labels("a", "1"), func(context.Context) {
			assert.False(t, finds(token), "the labels are the program's")
			async.Current()
			assert.True(t, finds(token))
		})
		assert.False(t, finds(token))
	})
	runtime.KeepAlive(&key)
	runtime.KeepAlive(&hidden)
}

// Children see stores of every shape, the zero ones included, in the node of a Run and
// after a walk.
func TestStoresOfEveryShape(t *testing.T) {
	begin(t)
	inNew(func() {
		inherits(t, 0, 1, -1)
		inherits(t, false, true)
		inherits(t, nil, new(int))
		inherits(t, "", "text")
		inherits[any](t, nil, 1, "text", new(int))
		inherits[error](t, nil, context.Canceled)
		inherits(t, struct{}{}, struct{}{})
		inherits(t, [2]int{}, [2]int{0, 1}, [2]int{1, 0})
		inherits(t, struct {
			p *int
			n int
		}{}, struct {
			p *int
			n int
		}{new(int), 0}, struct {
			p *int
			n int
		}{nil, 1})
		inherits(t, [8]int{}, [8]int{7: 1})
	})
}

func inherits[T comparable](t *testing.T, stores ...T) {
	for _, revoke := range []bool{false, true} {
		s, other := als.New(als.Options[T]{RevokeOnEnd: revoke}), als.New[T]()
		for _, store := range stores {
			s.Run(store, func() {
				got, ok := child(s)
				assert.Equal(t, store, got)
				assert.True(t, ok)
				other.Run(store, func() {
					got, ok := child(s)
					assert.Equal(t, store, got)
					assert.True(t, ok)
					s.Exit(func() {
						_, ok := child(s)
						assert.False(t, ok)
						got, ok := child(other)
						assert.Equal(t, store, got)
						assert.True(t, ok)
					})
				})
			})
		}
	}
}

// The labels of stores lie between those of the program, sorted by key as pprof sorts its own.
func TestLabelsAreSorted(t *testing.T) {
	begin(t)
	names := []string{"a", "b", "c", "d"}
	wantShown := func(want ...string) {
		t.Helper()
		var shown []string
		for _, l := range (*labelset.Set)(labels.Get()).Shown() {
			shown = append(shown, l.Name())
		}
		assert.Equal(t, want, shown)
	}
	inside := func(fn func()) {
		for _, name := range names { // the last is the first to be used, so its cell is the first
			s := als.New(als.Options[string]{Name: name, Label: func(store string) string { return store }})
			within := fn
			fn = func() { s.Run("x", within) }
		}
		inNew(fn)
	}
	inside(func() {
		wantShown(names...)
		var published []*labelset.Set
		bound := als.Bind(func() {
			wantShown(names...)
			published = append(published, inheritance.Published())
		})
		inNew(bound)
		inNew(bound)
		assert.True(t, inheritance.IsBase(published[0]), "the context's own labels are others")
		assert.Same(t, published[0], published[1], "a call publishes a copy of the context")
		pprof.Do(context.Background(), pprof.Labels("bb", "1"), func(context.Context) {
			als.Snapshot()
			wantShown("a", "b", "bb", "c", "d")
		})
	})
}
