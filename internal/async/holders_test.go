package async

import (
	"slices"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// A goroutine that holds stores is found, however it holds them, and is not when it
// holds them no more.
func TestHolders(t *testing.T) {
	a, b, disabled := &variable[int]{}, &variable[string]{}, &variable[int]{}
	for name, hold := range map[string]func(wait func()){
		"EnterWith": func(wait func()) { a.set(1); wait(); own().reset(); own().raceIdle() },
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
			require.Contains(t, Holders(), them)
			testkit.InGoroutine(func() { require.Contains(t, Holders(), them) })
			released <- true
			<-done
			require.NotContains(t, Holders(), them, "it is still there, and holds nothing")
			done <- true
			<-ended
		})
	}

	t.Run("those that hold nothing", func(t *testing.T) {
		id, end := make(chan uint64), make(chan bool)
		go func() { id <- goroutine.ID(); <-end }()
		require.NotContains(t, Holders(), <-id, "never had one")
		end <- true

		go func() { disabled.set(1); id <- goroutine.ID(); <-end }()
		them := <-id
		require.Contains(t, Holders(), them)
		disabled.key.Disable()
		// What looks at records sees that none of the stores is current; under the
		// race detector all that is seen is that the record is in the table.
		require.Equal(t, race.Enabled, slices.Contains(Holders(), them), "disabled")
		end <- true
		testkit.EventuallyCollected(t, "it has ended", func() bool { return !slices.Contains(Holders(), them) })
	})

	testkit.InGoroutine(func() {
		require.Zero(t, Held())
		a.run(1, func() {
			require.NotContains(t, Holders(), goroutine.ID(), "the caller")
			require.Equal(t, 1, Held())
			b.run("b", func() { require.Equal(t, 2, Held()) })
			a.exit(func() { require.Zero(t, Held()) })
		})
		require.Zero(t, Held())
	})
}

// Looking is safe while goroutines change all that can be looked at.
func TestHoldersOfBusyGoroutines(t *testing.T) {
	keys := make([]*variable[int], 40)
	for i := range keys {
		keys[i] = &variable[int]{revoke: i%2 == 0}
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	for n := range 3 {
		go func() {
			defer func() { ended <- struct{}{} }()
			for {
				select {
				case <-stop:
					return
				default:
				}
				var nest func(i int)
				nest = func(i int) {
					if i < len(keys) {
						keys[i].run(i, func() { nest(i + n + 1) })
						return
					}
					enter(Context{}, func() { keys[0].run(1, func() {}) })
					enter(Capture(), func() { keys[1].set(1) })
				}
				testkit.InGoroutine(func() { nest(0) })
			}
		}()
	}
	for range 2000 {
		Holders()
	}
	close(stop)
	for range 3 {
		<-ended
	}
}
