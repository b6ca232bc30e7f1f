package async

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// wantTwinsAgree compares the leaves that only read with their portable twins.
func wantTwinsAgree(t testing.TB, keys []*Key) {
	t.Helper()
	if got, want := Current(), currentSlow(); got != want {
		require.FailNow(t, "current", "%p, want %p", got, want)
	}
	for i, k := range keys {
		if got, want := Lookup(k), lookupSlow(k); got != want {
			require.FailNow(t, "Lookup", "key %d with token %x: %p, want %p", i, k.Token(), got, want)
		}
	}
}

// capture compares Capture, which may share the caller's cells, with its twin, and returns
// the context.
func capture(t testing.TB) Context {
	t.Helper()
	c := Capture()
	if r := Current(); !c.Empty() {
		require.True(t, r.has(shared), "the captured cells are not shared")
	} else if r != nil {
		require.False(t, slices.ContainsFunc(r.Cells(), func(c Cell) bool { return !c.token.IsVacant() }), "stores are not captured")
	}
	require.Equal(t, captureSlow(), c)
	return c
}

// wantFastCellsAgree compares FastCell, which may change the caller's record, with its
// twin.
func wantFastCellsAgree(t testing.TB, keys []*Key) {
	t.Helper()
	for i, k := range keys {
		if k.Token() == 0 {
			continue
		}
		record, cell := FastCell(k.Token())
		wantRecord, wantCell := fastCellSlow(k.Token())
		require.Same(t, wantRecord, record, "key %d", i)
		require.Equal(t, !record.hasTop(k.Token()), cell != nil, "key %d", i)
		if cell == nil {
			require.Nil(t, wantCell, "key %d", i)
			continue
		}
		require.Same(t, wantCell, cell, "key %d", i)
		require.False(t, record.has(shared), "key %d: the cell is shared", i)
		require.True(t, cell.token.SameIndex(k.Token()) || cell.token.IsVacant(), "key %d", i)
		if c := cell.token; c == k.Token() {
			require.Equal(t, lookupSlow(k) == nil, cell.resolve(c) == nil, "key %d", i)
		}
	}
}

// TestTwinsAgree changes records at random and compares the assembly with its twins in
// each state. The list at the end of testTwinsAgree has the states.
func TestTwinsAgree(t *testing.T) {
	if testkit.SlowIDs() {
		t.Skip("there is no assembly here, and each lookup takes a traceback")
	}
	t.Run("as chosen at init", testTwinsAgree)
	withTwins(func() {
		t.Run("left to the twins", testTwinsAgree)
	})
}

// A pool has variables of every shape, with neighbouring indexes.
type pool struct {
	numbers  [40]variable[uintptr]
	pointers [8]variable[*int]
	texts    [8]variable[string]
	ifaces   [8]variable[any]
	boxes    [8]variable[[8]int]
	revoked  [8]variable[string]
	unused   variable[int]
}

// The operations on a variable of any type.
type opsOf struct {
	key   *Key
	set   func(n int)
	run   func(n int, fn func())
	exit  func(fn func())
	scope func(n int) Handle
}

func operations[T any](v *variable[T], of func(n int) T) opsOf {
	v.token()
	return opsOf{
		&v.key,
		func(n int) { v.set(of(n)) },
		func(n int, fn func()) { v.run(of(n), fn) },
		v.exit,
		func(n int) Handle { return v.scope(of(n)) },
	}
}

var variables = sync.OnceValue(func() (all []opsOf) {
	p := new(pool)
	text := func(n int) string { return string(rune('a' + n%26)) }
	add := func(o opsOf) { all = append(all, o) }
	for i := range p.numbers {
		add(operations(&p.numbers[i], func(n int) uintptr { return uintptr(n) }))
		if i < 8 {
			add(operations(&p.pointers[i], func(n int) *int { return &n }))
			add(operations(&p.texts[i], text))
			add(operations(&p.ifaces[i], func(n int) any { return n }))
			add(operations(&p.boxes[i], func(n int) [8]int { return [8]int{n} }))
			p.revoked[i].revoke = true
			add(operations(&p.revoked[i], text))
		}
	}
	return append(all, opsOf{key: &p.unused.key})
})

func testTwinsAgree(t *testing.T) {
	states := map[string]int{}
	seeds := uint64(300)
	if testing.Short() {
		seeds = 50
	}
	for seed := range seeds {
		testkit.InGoroutine(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			// Some that are near each other, or a power of two apart.
			all := variables()
			var chosen []opsOf
			first, stride := r.IntN(16), 1<<r.IntN(5)
			for i := first; i < len(all)-1 && len(chosen) < 2+r.IntN(20); i += stride {
				chosen = append(chosen, all[i])
			}
			var keys []*Key
			for _, v := range all {
				keys = append(keys, v.key)
			}
			wantTwinsAgree(t, keys)
			contexts := []Context{{}}
			var scopes []Handle
			steps := 0
			var level func(depth int)
			level = func(depth int) {
				for range r.IntN(12) {
					if steps++; steps > 200 {
						return
					}
					v := chosen[r.IntN(len(chosen))]
					inside := func() {
						wantTwinsAgree(t, keys)
						if depth < 4 {
							level(depth + 1)
						}
					}
					switch r.IntN(10) {
					case 0, 1:
						v.set(steps)
					case 2:
						v.run(steps, inside)
					case 3:
						v.exit(inside)
					case 4:
						scopes = append(scopes, v.scope(steps))
					case 5:
						if len(scopes) > 0 {
							require.True(t, scopes[r.IntN(len(scopes))].End())
						}
					case 6:
						contexts = append(contexts, capture(t))
					case 7:
						enter(contexts[r.IntN(len(contexts))], inside)
					case 8:
						v.key.Disable()
					case 9:
						enter(capture(t), func() { chosen[r.IntN(len(chosen))].run(steps, inside) })
					}
					wantTwinsAgree(t, keys)
					if c := Current(); c != nil {
						wantSound(t, c)
						noteState(states, c)
					}
					if r.IntN(4) == 0 {
						// FastCell makes cells: for more keys the array would always be large.
						at := r.IntN(len(chosen))
						wantFastCellsAgree(t, []*Key{chosen[at].key, chosen[(at+1)%len(chosen)].key})
						wantTwinsAgree(t, keys)
						wantSound(t, Current())
					}
				}
			}
			for range 6 {
				level(0)
			}
		})
	}
	for _, state := range []string{"inline", "array", "shared", "shared, inline lent", "none", "displaced", "stale", "revoked", "scopes"} {
		require.NotZero(t, states[state], "no record was in the state %s, only in %v", state, states)
	}
}

// noteState counts the states that a record is in.
func noteState(states map[string]int, r *Record) {
	switch {
	case r.cells == &noCells:
		states["none"]++
	case r.has(shared) && r.has(inlineLent):
		states["shared, inline lent"]++
	case r.has(shared):
		states["shared"]++
	case r.cells == &r.inline:
		states["inline"]++
	default:
		states["array"]++
	}
	if r.has(scoped) {
		states["scopes"]++
	}
	for i, c := range cellsOf(r) {
		if c.token.IsVacant() {
			continue
		}
		if uint32(i) != c.token.Index()&(arraySize(r.mask)-1) {
			states["displaced"]++
		}
		if registry.stale(c.token) {
			states["stale"]++
		} else if c.resolve(c.token) == nil {
			states["revoked"]++
		}
	}
}

// TestTwinsAgreeWhileTheTableGrows starts more and more goroutines with records, so that
// the table grows again and again while they look up their records.
func TestTwinsAgreeWhileTheTableGrows(t *testing.T) {
	goroutines := 4000
	if testing.Short() {
		goroutines = 1000
	}
	all := variables()
	keys := make([]*Key, 0, 6)
	for _, v := range all[:6] {
		keys = append(keys, v.key)
	}
	var started, finished sync.WaitGroup
	leave := make(chan struct{})
	wake := make(chan func(), goroutines) // a goroutine that gets a func checks, and then calls it
	for i := range goroutines {
		started.Add(1)
		finished.Add(1)
		go func() {
			defer finished.Done()
			hasStarted := sync.OnceFunc(started.Done)
			defer hasStarted() // also if it fails
			if i%4 == 0 {
				require.Nil(t, Current(), "a record of another goroutine")
				require.Nil(t, Lookup(keys[0]))
			}
			v := all[i%6]
			v.set(i)
			mine := Current()
			check := func() {
				require.Same(t, mine, Current())
				wantTwinsAgree(t, keys)
				wantFastCellsAgree(t, keys[:1+i%3])
			}
			check()
			hasStarted()
			for {
				select {
				case done := <-wake:
					func() {
						defer done()
						check()
					}()
				case <-leave:
					check()
					return
				}
			}
		}()
		if i%16 == 0 {
			var done sync.WaitGroup
			for range min(i, 8) {
				done.Add(1)
				wake <- done.Done
			}
			done.Wait()
		}
	}
	started.Wait()
	close(leave)
	finished.Wait()
}
