package async

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"unsafe"
	"weak"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokenAt returns a token for an index, of generation 1. No key has it, so use it only
// with the methods of records and cells.
func tokenAt(index uint32) Token {
	return generation | Token(firstMadeUp+index)<<indexShift | offsetScalar
}

// firstMadeUp is an index that no key of the tests has. Its homes are those of 0.
const firstMadeUp uint32 = 1 << 18

// anyRecord returns a record of no goroutine, with size cells.
func anyRecord(size uint32) *Record {
	r := new(Record)
	r.reset()
	if size > 1 {
		r.cells, r.mask = unsafe.SliceData(make([]Cell, size)), arrayMask(size)
	}
	return r
}

// withTokens makes the registry take the tokens of tokenAt for the current ones
// during a test, which must use no key. A key of an earlier test that is collected meanwhile
// changes only its own.
func withTokens(t *testing.T) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	require.Less(t, registry.last, firstMadeUp)
	was := registry.tokens.Load()
	tokens := make([]atomic.Uint64, firstMadeUp+1<<13)
	var ofKeys []atomic.Uint64
	if was != nil {
		ofKeys = *was
	}
	for i := range ofKeys {
		tokens[i].Store(ofKeys[i].Load())
	}
	for i := range uint32(1 << 13) {
		tokens[firstMadeUp+i].Store(uint64(tokenAt(i)))
	}
	registry.tokens.Store(&tokens)
	t.Cleanup(func() {
		registry.mu.Lock()
		defer registry.mu.Unlock()
		for i := range ofKeys {
			ofKeys[i].Store(tokens[i].Load())
		}
		registry.tokens.Store(was)
	})
}

func TestCellForWithOneCell(t *testing.T) {
	r := anyRecord(1)
	a := r.cellFor(tokenAt(3))
	assert.Same(t, &r.inline, a)
	a.Prepare(tokenAt(3))
	assert.Same(t, a, r.cellFor(tokenAt(3)+generation), "another generation of the same key")
	assert.Same(t, a, r.find(tokenAt(3)))
	assert.Nil(t, r.find(tokenAt(3)+generation))
	assert.Nil(t, r.find(tokenAt(4)))
	wantSound(t, r)
}

// cellFor may give a cell without a store to another key, but not one with a store.
func TestCellForTakesOnlyVacantCells(t *testing.T) {
	withTokens(t)
	r := anyRecord(4)
	for i := range uint32(4) {
		c := r.cellFor(tokenAt(4 * (i + 1))) // all want the first place
		c.Prepare(tokenAt(4 * (i + 1)))
		c.scalar = uintptr(i)
		assert.Same(t, &cellsOf(r)[i], c)
		wantSound(t, r)
	}
	r.find(tokenAt(12)).vacate(tokenAt(12))
	assert.Nil(t, r.find(tokenAt(12)))
	assert.NotNil(t, r.find(tokenAt(16)), "the search stops at a cell without a store")

	c := r.cellFor(tokenAt(12))
	assert.Same(t, &cellsOf(r)[2], c, "its own, which no other key took")
	assert.Same(t, c, r.cellFor(tokenAt(20)), "the only one that holds nothing")
	c.Prepare(tokenAt(20))
	assert.EqualValues(t, 4, arraySize(r.mask))
	wantSound(t, r)

	c = r.cellFor(tokenAt(12)) // all are taken
	c.Prepare(tokenAt(12))
	assert.EqualValues(t, 8, arraySize(r.mask))
	for _, i := range []uint32{1, 2, 3, 4, 5} {
		assert.NotNil(t, r.find(tokenAt(4*i)), "index %d is lost", 4*i)
	}
	wantSound(t, r)
}

// An array grows until keys that want the same place want different ones.
func TestGrowSpreadsCollidingKeys(t *testing.T) {
	withTokens(t)
	for stride := uint32(1); stride <= 256; stride *= 2 {
		r := anyRecord(1)
		for i := range uint32(12) {
			c := r.cellFor(tokenAt(stride * (i + 1)))
			c.Prepare(tokenAt(stride * (i + 1)))
			c.scalar = uintptr(i)
			wantSound(t, r)
			for j := range i + 1 {
				c := r.find(tokenAt(stride * (j + 1)))
				require.NotNil(t, c, "stride %d, %d of %d", stride, j, i)
				require.Equal(t, uintptr(j), c.scalar)
			}
		}
		if stride == 1 {
			assert.LessOrEqual(t, arraySize(r.mask), uint32(16), "12 neighbours have room in 16 cells")
		}
	}
}

func TestSpreadFailsWithoutRoom(t *testing.T) {
	withTokens(t)
	from := make([]Cell, 5)
	for i := range from {
		from[i].token = tokenAt(8 * uint32(i+1))
	}
	_, ok := spread(from, 8, 0)
	assert.False(t, ok)
	_, ok = spread(from, 16, 0)
	assert.True(t, ok)
	from[2].token += generation // not the key's any more
	larger, ok := spread(from, 8, 0)
	assert.True(t, ok, "a stale cell takes no room")
	for _, c := range unsafe.Slice(larger, 8) {
		assert.NotEqual(t, from[2].token, c.token)
	}
	from[2].vacate(from[2].token)
	_, ok = spread(from, 8, 0)
	assert.True(t, ok, "a vacant cell takes no room")
}

// TestCellsAgainstMap compares random operations on a record's cells with a map.
func TestCellsAgainstMap(t *testing.T) {
	withTokens(t)
	for seed := range uint64(80) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		r, want := anyRecord(1), map[uint32]uintptr{}
		stride := uint32(1) << rnd.IntN(7)
		var captured [][]Cell
		var copies [][]Cell
		for step := range uintptr(200) {
			index := stride * uint32(1+rnd.IntN(20))
			switch x := tokenAt(index); rnd.IntN(6) {
			case 0, 1, 2:
				c := r.cellFor(x)
				c.Prepare(x)
				c.scalar, want[index] = step, step
			case 3:
				r.cellFor(x).vacate(x)
				delete(want, index)
			case 4:
				if !r.has(shared) && r.freeze() {
					captured = append(captured, cellsOf(r))
					copies = append(copies, append([]Cell(nil), cellsOf(r)...))
				}
			case 5:
				r.cellFor(x) // and nothing else, as a layer does to save the cell
			}
			wantSound(t, r)
			for i := range uint32(20) {
				index := stride * (i + 1)
				c := r.find(tokenAt(index))
				store, ok := want[index]
				if (c != nil) != ok || ok && c.scalar != store {
					require.FailNow(t, "find", "seed %d, step %d, index %d: %v, want %v, %v", seed, step, index, c, store, ok)
				}
			}
		}
		require.Equal(t, copies, captured, "cells that a context has were written to")
	}
}

func TestUnshareUsesTheInlineCellOnlyIfItIsFree(t *testing.T) {
	withTokens(t)
	r := anyRecord(1)
	r.cellFor(tokenAt(1)).Prepare(tokenAt(1))
	require.True(t, r.freeze())
	assert.NotSame(t, &r.inline, r.cells)
	assert.Zero(t, r.inline)
	frozen := r.cells
	r.cellFor(tokenAt(1))
	assert.Same(t, &r.inline, r.cells)
	assert.False(t, r.has(shared))
	assert.NotSame(t, frozen, r.cells)
	assert.Equal(t, *frozen, *r.cells)

	r.install(Context{cells: frozen})
	assert.True(t, r.has(inlineLent))
	r.cellFor(tokenAt(1)).vacate(tokenAt(1))
	assert.NotSame(t, &r.inline, r.cells)
	assert.Equal(t, tokenAt(1), r.inline.token, "the cell of the context to restore is overwritten")
}

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

// A store that no goroutine can read any more is collected. Each case is one way to get there.
func TestStoresAreReleased(t *testing.T) {
	for what, lose := range map[string]func(v *variable[*secret], other *variable[int]){
		"replaced":          func(v *variable[*secret], _ *variable[int]) { v.set(nil) },
		"disabled, capture": func(v *variable[*secret], _ *variable[int]) { v.key.Disable(); Capture() },
		"disabled, grow": func(v *variable[*secret], other *variable[int]) {
			v.key.Disable()
			other.set(1)
		},
		"disabled, run": func(v *variable[*secret], other *variable[int]) {
			v.key.Disable()
			v.run(nil, func() {})
		},
		"disabled, exit": func(v *variable[*secret], other *variable[int]) {
			v.key.Disable()
			v.exit(func() {})
		},
		"disabled, unshare": func(v *variable[*secret], other *variable[int]) {
			other.set(1)
			Capture()
			v.key.Disable()
			other.set(2)
		},
		"disabled in an array, capture": func(v *variable[*secret], other *variable[int]) {
			other.set(1)
			v.key.Disable()
			Capture()
		},
		"disabled in an array, grow": func(v *variable[*secret], other *variable[int]) {
			other.set(1)
			v.key.Disable()
			var more [8]variable[int]
			for i := range more {
				more[i].set(i)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			testkit.InGoroutine(func() {
				v, other := &variable[*secret]{}, &variable[int]{}
				v.token()
				other.token()
				store := newSecret(1)
				gone := weak.Make(store)
				v.set(store)
				store = nil
				collectSome()
				require.NotNil(t, gone.Value(), "the store is not kept")
				lose(v, other)
				testkit.Garbage(t, "the store", gone)
				runtime.KeepAlive(v)
				runtime.KeepAlive(other)
			})
		})
	}
}

// The end of a layer or a context releases its stores.
func TestEndsReleaseStores(t *testing.T) {
	for what, during := range map[string]func(v *variable[*secret], store *secret){
		"Layer":          func(v *variable[*secret], store *secret) { v.run(store, collectSome) },
		"Scope":          func(v *variable[*secret], store *secret) { v.scope(store).End() },
		"captured":       func(v *variable[*secret], store *secret) { v.run(store, func() { Capture() }) },
		"Switch, inline": func(v *variable[*secret], store *secret) { enter(Context{}, func() { v.set(store) }) },
		"Switch, array": func(v *variable[*secret], store *secret) {
			var other variable[int]
			enter(Context{}, func() { other.set(1); v.set(store) })
		},
		"Switch, inline, then array": func(v *variable[*secret], store *secret) {
			var other variable[int]
			enter(Context{}, func() { v.set(store); other.set(1) })
		},
		"Switch from an array, inline": func(v *variable[*secret], store *secret) {
			var a, b variable[int]
			a.set(1)
			b.set(1)
			enter(Context{}, func() { v.set(store) })
		},
		"Switch from an array, inline, captured": func(v *variable[*secret], store *secret) {
			var a, b variable[int]
			a.set(1)
			b.set(1)
			enter(Context{}, func() { v.set(store); Capture() })
		},
		"Switch, Scope": func(v *variable[*secret], store *secret) { enter(Context{}, func() { v.scope(store) }) },
		"Scope in a Layer": func(v *variable[*secret], store *secret) {
			v.run(nil, func() { v.scope(store); v.scope(nil) })
		},
		"Goroutine": func(v *variable[*secret], store *secret) {
			v.run(store, func() {
				c := Capture()
				testkit.InGoroutine(func() { c.RunGoroutine(func() { v.scope(nil) }) })
			})
		},
	} {
		for _, revoke := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/revoke=%v", what, revoke), func(t *testing.T) {
				testkit.InGoroutine(func() {
					v := &variable[*secret]{revoke: revoke}
					store := newSecret(1)
					gone := weak.Make(store)
					during(v, store)
					store = nil
					testkit.Garbage(t, "the store", gone)
					v.wantNone(t)
					if r := Current(); r != nil {
						wantSound(t, r)
					}
				})
			})
		}
	}
}

// A capture does not keep a revoked store alive.
func TestRevokedStoresAreReleased(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[*secret]{revoke: true}
		run, entered, scoped := newSecret(1), newSecret(2), newSecret(3)
		gone := []weak.Pointer[secret]{weak.Make(run), weak.Make(entered), weak.Make(scoped)}
		var captured []Context
		v.run(run, func() {
			captured = append(captured, Capture())
			v.set(entered)
			captured = append(captured, Capture())
			n := v.scope(scoped)
			captured = append(captured, Capture())
			n.End()
		})
		run, entered, scoped = nil, nil, nil
		for i, p := range gone {
			testkit.Garbage(t, fmt.Sprint("store ", i+1), p)
		}
		for _, c := range captured {
			enter(c, func() { v.wantNone(t) })
		}
		runtime.KeepAlive(captured)
	})
}

func collectSome() { runtime.GC(); runtime.GC(); litter() }

// A goroutine that starts with stores has no outer context to restore, so it may use its
// inline cell.
func TestRunGoroutineUsesTheInlineCell(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[int]{}
		v.set(1)
		c := Capture()
		testkit.InGoroutine(func() {
			c.RunGoroutine(func() {
				r := Current()
				assert.Same(t, c.cells, r.cells)
				v.want(t, 1)
				v.set(2)
				assert.Same(t, &r.inline, r.cells)
				wantSound(t, r)
				enter(c, func() {
					v.set(3)
					assert.NotSame(t, &r.inline, r.cells)
				})
				v.want(t, 2)
			})
			if r := Current(); r != nil { // race builds remove an idle record
				assert.Zero(t, r.inline, "the goroutine ended, but its store is kept")
			}
			v.wantNone(t)
		})
		v.want(t, 1)
	})
}

// Where there are no stores a capture is the zero Context, so that a goroutine that
// starts in it costs nothing.
func TestCaptureOfNothingIsEmpty(t *testing.T) {
	testkit.InGoroutine(func() {
		v, other := &variable[int]{}, &variable[int]{}
		assert.True(t, Capture().Empty(), "no record")
		v.run(1, func() { assert.False(t, Capture().Empty()) })
		assert.True(t, Capture().Empty(), "an empty inline cell")
		enter(Context{}, func() {
			assert.True(t, Capture().Empty(), "in the zero Context")
			v.exit(func() { assert.True(t, Capture().Empty()) })
		})
		v.set(1)
		v.key.Disable()
		assert.True(t, Capture().Empty(), "a stale inline cell")
		v.set(1)
		other.set(1)
		assert.False(t, Capture().Empty())
		v.key.Disable()
		other.key.Disable()
		v.exit(func() { assert.True(t, Capture().Empty(), "stale cells in an array") })
	})
}

// A capture of cells that were captured already is as careful as the first.
func TestCaptureOfCapturedCells(t *testing.T) {
	if !unused(t) { // a private key slows captures for good
		return
	}
	v := &variable[int]{revoke: true}
	testkit.InGoroutine(func() {
		v.set(1)
		n := v.scope(2)
		Capture()
		testkit.InGoroutine(func() { n.End() })
		enter(Capture(), func() { v.want(t, 1, "the scope has ended") })
	})
	own, other := &variable[int]{inherit: InheritNever}, &variable[int]{}
	testkit.InGoroutine(func() {
		other.set(1)
		enter(Context{}, func() { assert.True(t, Capture().Empty(), "noCells are no context") })
		own.set(2)
		Current().captureAll()
		c := Capture()
		assert.NotNil(t, c.CellOf(other.token()))
		assert.Nil(t, c.CellOf(own.token()), "a private store that a capture for its own goroutine has frozen")
	})
}

// The next capture, or the next change after one, replaces an array that is too large
// because its storages were disabled.
func TestArraysShrink(t *testing.T) {
	for _, captured := range []bool{false, true} {
		testkit.InGoroutine(func() {
			kept, gone := &variable[int]{}, make([]variable[int], 1000)
			kept.set(1)
			for i := range gone {
				gone[i].set(i)
			}
			if captured {
				Capture()
			}
			require.Greater(t, arraySize(currentOrNew().mask), uint32(500))
			for i := range gone {
				gone[i].key.Disable()
			}
			if captured {
				kept.set(2)
			} else {
				Capture()
			}
			require.LessOrEqual(t, arraySize(currentOrNew().mask), uint32(2*firstArray))
			wantSound(t, currentOrNew())
			_, ok := kept.get()
			require.True(t, ok)
		})
	}
}
