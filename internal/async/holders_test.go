package async

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// Holders finds a goroutine while it holds stores, in whatever way, and not afterwards.
func TestHolders(t *testing.T) {
	a, b, disabled := &variable[int]{}, &variable[string]{}, &variable[int]{}
	for name, hold := range map[string]func(wait func()){
		"EnterWith": func(wait func()) { a.set(1); wait(); currentOrNew().reset(); currentOrNew().raceIdle() },
		"Run":       func(wait func()) { a.run(1, wait) },
		"two":       func(wait func()) { a.run(1, func() { b.run("b", wait) }) },
		"scope":     func(wait func()) { n := a.scope(1); wait(); n.End() },
		"captured":  func(wait func()) { a.run(1, func() { Capture(); wait() }) },
		"a context": func(wait func()) {
			var c Context
			a.run(1, func() { b.run("b", func() { c = Capture() }) })
			enter(c, wait)
		},
		"in a clean context": func(wait func()) {
			defer Context{}.Enter().Leave()
			a.run(1, wait)
		},
	} {
		t.Run(name, func(t *testing.T) {
			id, held, released, done, ended := make(chan uint64), make(chan bool), make(chan bool), make(chan bool), make(chan bool)
			go func() {
				defer close(ended)
				id <- goroutine.ID()
				hold(func() {
					held <- true
					<-released
				})
				done <- true
				<-done
			}()
			them := <-id
			<-held
			require.Contains(t, holderIDs(), them)
			testkit.InGoroutine(func() { require.Contains(t, holderIDs(), them) })
			released <- true
			<-done
			require.NotContains(t, holderIDs(), them, "it is still there, and holds nothing")
			require.False(t, slices.ContainsFunc(Holders(nothingIsVoid), func(h Holder) bool { return h.Goroutine == them }))
			done <- true
			<-ended
		})
	}

	t.Run("one that has exited", func(t *testing.T) {
		defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection would remove the record
		var them uint64
		testkit.InGoroutine(func() {
			them = goroutine.ID()
			a.set(1)
		})
		testkit.Eventually(t, "it has exited", func() bool { return !slices.Contains(holderIDs(), them) })
	})

	t.Run("those that hold nothing", func(t *testing.T) {
		id, end := make(chan uint64), make(chan bool)
		go func() { id <- goroutine.ID(); <-end }()
		require.NotContains(t, holderIDs(), <-id, "never had one")
		end <- true

		go func() { disabled.set(1); id <- goroutine.ID(); <-end }()
		them := <-id
		require.Contains(t, holderIDs(), them)
		disabled.key.Disable()
		// Holders sees that the store is stale. Under the race detector it sees only that
		// the record is in the table.
		require.Equal(t, race.Enabled, slices.Contains(holderIDs(), them), "disabled")
		end <- true
		testkit.EventuallyCollected(t, "it has ended", func() bool { return !slices.Contains(holderIDs(), them) })
	})

	testkit.InGoroutine(func() {
		require.Empty(t, Held(nothingIsVoid))
		a.run(1, func() {
			require.NotContains(t, holderIDs(), goroutine.ID(), "the caller")
			require.Equal(t, []string{"int"}, Held(nothingIsVoid))
			b.run("b", func() { require.ElementsMatch(t, []string{"int", "string"}, Held(nothingIsVoid)) })
			a.exit(func() { require.Empty(t, Held(nothingIsVoid)) })
		})
		require.Empty(t, Held(nothingIsVoid))
	})
}

// awaitParked waits until a goroutine waits for a channel. It skips the test where Holders
// cannot see that.
func awaitParked(t *testing.T, id uint64) {
	if !g.StatusKnown() {
		t.Skip("it is not known here whether a goroutine is parked")
	}
	testkit.AwaitState(t, id, "chan receive")
}

func nothingIsVoid(any) bool { return false }

func holderIDs() (ids []uint64) {
	for _, h := range Holders(nothingIsVoid) {
		if h.Stores == nil || len(currentNames(h.Stores)) > 0 {
			ids = append(ids, h.Goroutine)
		}
	}
	return ids
}

// currentNames describes the keys of those stores that have not ended.
func currentNames(stores []HeldStore) (names []string) {
	for _, s := range stores {
		if !s.Ended {
			names = append(names, s.Key.String())
		}
	}
	return names
}

// Holders names the stores of a parked goroutine, without those that have ended.
func TestHoldersNameTheStores(t *testing.T) {
	if race.Enabled {
		t.Skip("under the race detector no record of another goroutine is read")
	}
	number, revoked, kept, disabled := &variable[int]{}, &variable[int]{revoke: true}, &variable[string]{revoke: true}, &variable[*int]{}
	named := new(Key)
	named.Use(reflect.TypeFor[int](), KeyOptions{Name: "named"})
	ready, next, ended := make(chan uint64), make(chan bool), make(chan bool)
	captured := make(chan Context)
	go func() {
		defer close(ended)
		number.set(1)
		disabled.set(new(int))
		kept.run("kept", func() {
			enter(<-captured, func() {
				ready <- goroutine.ID()
				<-next
			})
			r, c := CellFor(named.Token())
			c.Prepare(named.Token())
			r.Changed()
			ready <- 0
			<-next
			currentOrNew().reset()
			currentOrNew().raceIdle()
		})
	}()
	number.run(2, func() {
		revoked.run(3, func() { captured <- Capture() })
	})
	stores := func(id uint64) []string {
		for _, h := range Holders(nothingIsVoid) {
			if h.Goroutine == id {
				require.True(t, h.Exact)
				return currentNames(h.Stores)
			}
		}
		return nil
	}
	id := <-ready
	awaitParked(t, id)
	require.Equal(t, []string{"int"}, stores(id), "one has been revoked")
	next <- true
	<-ready
	awaitParked(t, id)
	require.ElementsMatch(t, []string{"int", "*int", "string", "named"}, stores(id))
	disabled.key.Disable()
	require.ElementsMatch(t, []string{"int", "string", "named"}, stores(id))
	next <- true
	<-ended
	for _, key := range []*Key{&number.key, &revoked.key, &disabled.key, &kept.key, named} {
		runtime.KeepAlive(key) // a store is not listed once its key is garbage
	}
}

// A store of a parked goroutine is listed if it is there, wherever it lies.
func TestHoldersOfAParkedGoroutine(t *testing.T) {
	if race.Enabled {
		t.Skip("under the race detector no record of another goroutine is read")
	}
	inPlace, box, unfinished := &variable[int]{revoke: true}, &variable[[9]int]{}, &variable[[9]byte]{}
	face := &variable[any]{}
	captured := &variable[int]{}
	for name, test := range map[string]struct {
		hold func(wait func())
		want []string
		void bool
	}{
		"revocable, in place": {hold: func(wait func()) { inPlace.run(1, wait) }, want: []string{"int"}},
		"in a box":            {hold: func(wait func()) { box.run([9]int{}, wait) }, want: []string{"[9]int"}},
		"not yet in its box": {hold: func(wait func()) {
			token := unfinished.token()
			r, c := CellFor(token)
			c.Prepare(token)
			box.run([9]int{}, wait)
			r.reset()
		}, want: []string{"[9]int"}},
		"an interface":       {hold: func(wait func()) { face.run(1, wait) }, want: []string{"interface {}"}},
		"an interface, void": {hold: func(wait func()) { face.run(1, wait) }, void: true},
		"captured": {hold: func(wait func()) {
			captured.run(1, func() { Capture(); wait() })
		}, want: []string{"int"}},
	} {
		t.Run(name, func(t *testing.T) {
			id, end, ended := make(chan uint64), make(chan bool), make(chan bool)
			go func() {
				defer close(ended)
				test.hold(func() { id <- goroutine.ID(); <-end })
			}()
			them := <-id
			defer func() { close(end); <-ended }()
			awaitParked(t, them)
			var found []Holder
			for _, h := range Holders(func(any) bool { return test.void }) {
				if h.Goroutine == them {
					found = append(found, h)
				}
			}
			require.Len(t, found, 1)
			require.True(t, found[0].Exact)
			require.Equal(t, test.want, currentNames(found[0].Stores))
			require.Len(t, found[0].Stores, 1)
			require.Equal(t, name == "captured", found[0].Captured != 0)
		})
	}
}

func TestMayHold(t *testing.T) {
	v := &variable[int]{}
	token := v.token()
	require.True(t, (&Cell{token: token}).mayHold())
	require.False(t, (&Cell{token: token.vacant()}).mayHold())
	require.False(t, (&Cell{token: tokenAt(1 << 22)}).mayHold(), "an index that no key has had")
	v.key.Disable()
	require.False(t, (&Cell{token: token}).mayHold(), "of before the Disable")
}

// A store is followed only if its goroutine was parked while the pointer to the cells and
// their mask were loaded: otherwise the cell may lie behind the array.
func TestHoldersFollowNoGuess(t *testing.T) {
	if race.Enabled {
		t.Skip("under the race detector no record of another goroutine is read")
	}
	v := &variable[*int]{}
	running, end, ended := make(chan *Record), make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		v.run(new(int), func() {
			running <- Current()
			<-end
		})
	}()
	r := <-running
	id, _ := r.Owner()
	awaitParked(t, id)
	for _, exact := range []bool{true, false} {
		followed := false
		l := look{void: func(any) bool { followed = true; return true }, keys: make(map[Token]*KeyInfo)}
		h := Holder{Goroutine: id, G: r.G(), Exact: exact}
		l.intoCell(r.cells, &h)
		require.Len(t, l.stores, 1)
		require.Equal(t, "*int", l.stores[0].Key.String())
		require.Equal(t, exact, h.Exact)
		require.Equal(t, exact, followed)
		require.Equal(t, exact, l.stores[0].Ended)
		require.Equal(t, exact, l.cell.ptr != nil, "the copy has a pointer")
	}
	close(end)
	<-ended
}

// Holders is safe while goroutines change their stores and contexts.
func TestHoldersOfBusyGoroutines(t *testing.T) {
	keys := make([]*variable[int], 40)
	if testkit.SlowIDs() {
		keys = keys[:8] // an ID takes longer the deeper the stack is
	}
	for i := range keys {
		keys[i] = &variable[int]{revoke: i%2 == 0}
	}
	n := testkit.ScaledByG(t, 2000) // a census costs a traceback where the g cannot be read
	stop, ended := make(chan struct{}), make(chan struct{})
	for stride := range 3 {
		go func() {
			defer func() { ended <- struct{}{} }()
			for !testkit.Closed(stop) {
				var nest func(i int)
				nest = func(i int) {
					if i < len(keys) {
						keys[i].run(i, func() { nest(i + stride + 1) })
						return
					}
					enter(Context{}, func() { keys[0].run(1, func() {}) })
					enter(Capture(), func() { keys[1].set(1) })
				}
				testkit.InGoroutine(func() { nest(0) })
			}
		}()
	}
	for range n {
		Holders(nothingIsVoid)
	}
	close(stop)
	for range 3 {
		<-ended
	}
}

// A goroutine that enters the zero Context writes the cells of that, nil, and then noCells.
// It may be stopped in between. The mask may still be that of the cells before.
func TestHoldersOfARecordThatEntersTheZeroContext(t *testing.T) {
	gp, id := g.Self()
	for _, cells := range []*Cell{nil, &noCells} {
		r := anyRecord(1)
		r.cells, r.mask = cells, arrayMask(8)
		l := look{void: nothingIsVoid}
		require.Equal(t, race.Enabled, l.into(r, &Holder{G: gp, Goroutine: id}))
		require.Empty(t, l.stores)
	}
}

// So may the mask of a record whose cell is the inline one. What lies behind that cell is none.
func TestHoldersOfARecordThatReturnsToItsInlineCell(t *testing.T) {
	v := &variable[int]{}
	gp, id := g.Self()
	var memory struct {
		r      Record
		behind [8 * cellSize]Token
	}
	r := &memory.r
	r.reset()
	r.mask = arrayMask(8)
	for i := range memory.behind {
		memory.behind[i] = v.token()
	}
	l := look{void: nothingIsVoid, keys: make(map[Token]*KeyInfo)}
	require.Equal(t, race.Enabled, l.into(r, &Holder{G: gp, Goroutine: id}))
	require.Empty(t, l.stores)
	runtime.KeepAlive(v)
}
