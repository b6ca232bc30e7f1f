package inherit_test

import (
	"runtime/pprof"
	"sync"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

type payload struct{ data [1 << 16]byte }

var payloadStore als.Storage[*payload]

// withPayload runs f with a new payload as a store and returns a weak pointer to it.
func withPayload(f func()) weak.Pointer[payload] {
	p := new(payload)
	payloadStore.Run(p, f)
	return weak.Make(p)
}

// A store lives as long as the goroutines that inherited it, whether they have
// used als or not, and no longer.
func TestInheritedStoresLiveAsLongAsTheirGoroutines(t *testing.T) {
	for name, child := range map[string]func(){
		"idle":     func() {},
		"reads":    func() { payloadStore.Get() },
		"runs":     func() { payloadStore.Run(nil, func() {}) },
		"enters":   func() { place.EnterWith("x") },
		"labelled": func() { payloadStore.Get(); pprof.SetGoroutineLabels(labelled("a", "1")); payloadStore.Get() },
	} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			var begun, ended sync.WaitGroup
			w := withPayload(func() {
				for range 10 {
					begun.Add(1)
					ended.Add(1)
					go func() {
						defer ended.Done()
						child()
						begun.Done()
						<-release
					}()
				}
				begun.Wait()
			})
			testkit.Held(t, "a store that goroutines have", w)
			close(release)
			ended.Wait()
			testkit.Garbage(t, "a store that no goroutine has any more", w)
		})
	}
	assert.Nil(t, payloadStore.Get())
}

func TestSearchForLossesKeepsNoInheritedStore(t *testing.T) {
	defer als.TraceLoss(func(als.Loss) {})()
	TestInheritedStoresLiveAsLongAsTheirGoroutines(t)
}

// After a Run its goroutine keeps no store of it, and neither do goroutines that it starts
// then.
func TestNothingStaysAfterARun(t *testing.T) {
	for name, run := range map[string]func(f func()) weak.Pointer[payload]{
		"Run":      withPayload,
		"in a Run": func(f func()) (w weak.Pointer[payload]) { in("outer", func() { w = withPayload(f) }); return w },
		"two": func(f func()) weak.Pointer[payload] {
			return withPayload(func() { in("inner", f) })
		},
		"bound": func(f func()) weak.Pointer[payload] {
			var bound func()
			w := withPayload(func() { bound = als.Bind(f) })
			bound()
			return w
		},
		"scope": func(f func()) weak.Pointer[payload] {
			p := new(payload)
			defer payloadStore.WithScope(p).End()
			f()
			return weak.Make(p)
		},
		"with labels": func(f func()) weak.Pointer[payload] {
			return withPayload(func() { pprof.SetGoroutineLabels(labelled("a", "1")); payloadStore.Get(); f() })
		},
	} {
		onNew(func() {
			w := run(func() { testkit.InGoroutine(func() { assert.NotNil(t, payloadStore.Get()) }) })
			release := make(chan struct{})
			for range 3 {
				go func() { <-release }()
			}
			testkit.Garbage(t, name, w)
			close(release)
			assert.Nil(t, payloadStore.Get())
		})
	}
}

// A chain of goroutines, each of which starts the next, keeps only the last store.
func TestChainOfGoroutinesKeepsNothing(t *testing.T) {
	first := make(chan weak.Pointer[payload], 1)
	release := make(chan struct{})
	var link func(n int)
	done := make(chan struct{})
	link = func(n int) {
		if n == 0 {
			<-release
			close(done)
			return
		}
		w := withPayload(func() { go link(n - 1) })
		if n == 100 {
			first <- w
		}
	}
	go link(100)
	testkit.Garbage(t, "the first store of a chain", <-first)
	close(release)
	<-done
}

// If all stores with which a goroutine was started are disabled when it first uses als, it
// releases them. So do the goroutines that it starts.
func TestDisabledStoresAreGarbageAfterTheFirstUse(t *testing.T) {
	var disabled als.Storage[*payload]
	used, release := make(chan struct{}), make(chan struct{})
	var w weak.Pointer[payload]
	onNew(func() {
		p := new(payload)
		w = weak.Make(p)
		disabled.Run(p, func() {
			go func() {
				<-used
				assert.Nil(t, disabled.Get())
				used <- struct{}{}
				<-release
			}()
		})
	})
	disabled.Disable()
	used <- struct{}{}
	<-used
	testkit.Garbage(t, "a store that was inherited, and disabled before its first use", w)
	close(release)
}
