package g_test

import (
	"fmt"
	"iter"
	"os"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAliveInEveryStateAndNotAfterwards(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		for _, s := range states {
			ok := t.Run("state="+s.name, func(t *testing.T) {
				names, release, ended := make(chan self), make(chan struct{}), make(chan struct{})
				go func() {
					defer close(ended)
					s.body(t, func() { names <- ownSelf() }, release)
				}()
				var subject self
				select {
				case subject = <-names:
				case <-ended:
					t.Skipf("no goroutine can be in state %s here", s.name)
				}
				testkit.AwaitState(t, subject.id, s.shown)
				var c g.Census
				for range 3 {
					assert.True(t, c.Alive(subject.gp, subject.id))
				}
				testkit.InGoroutine(func() { assert.True(t, subject.alive()) })

				close(release)
				<-ended
				awaitDeath(t, subject)
				for range 100 { // false is final, also once the g is reused
					testkit.InGoroutine(func() {})
					assert.False(t, subject.alive())
				}
			})
			if !ok {
				break // the others would fail as slowly
			}
		}
	})
}

// self has the results of a goroutine's call of Self.
type self struct {
	gp uintptr
	id uint64
}

func ownSelf() self {
	gp, id := g.Self()
	return self{gp, id}
}

func (s self) alive() bool { return new(g.Census).Alive(s.gp, s.id) }

// awaitDeath waits until a goroutine that has returned is dead to the runtime.
func awaitDeath(t *testing.T, s self) {
	t.Helper()
	testkit.Eventually(t, fmt.Sprintf("goroutine %d is dead", s.id), func() bool { return !s.alive() })
}

// states are what a live goroutine can do. The body calls publish, appears in a
// traceback as shown, and returns on release.
var states = []struct {
	name, shown string
	body        func(t *testing.T, publish func(), release <-chan struct{})
}{
	{"running", "running|runnable", func(_ *testing.T, publish func(), release <-chan struct{}) {
		publish()
		for !testkit.Closed(release) {
			if runtime.GOARCH == "wasm" {
				runtime.Gosched() // there is one thread and no preemption
			}
		}
	}},
	{"growing", "running|runnable", func(_ *testing.T, publish func(), release <-chan struct{}) {
		publish()
		for !testkit.Closed(release) {
			testkit.InGoroutine(func() { testkit.Descend(200, func() {}) })
			testkit.Descend(200, func() {})
			runtime.Gosched()
		}
	}},
	{"receive", "chan receive", func(_ *testing.T, publish func(), release <-chan struct{}) {
		publish()
		<-release
	}},
	{"select", "select", func(_ *testing.T, publish func(), release <-chan struct{}) {
		publish()
		select {
		case <-release:
		case <-make(chan int):
		}
	}},
	{"mutex", "sync.Mutex.Lock", func(_ *testing.T, publish func(), release <-chan struct{}) {
		var mu sync.Mutex
		mu.Lock()
		go func() {
			<-release
			mu.Unlock()
		}()
		publish()
		mu.Lock()
	}},
	{"waitgroup", "sync.WaitGroup.Wait|semacquire", func(_ *testing.T, publish func(), release <-chan struct{}) {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			<-release
			wg.Done()
		}()
		publish()
		wg.Wait()
	}},
	{"cond", "sync.Cond.Wait", func(_ *testing.T, publish func(), release <-chan struct{}) {
		cond := sync.NewCond(new(sync.Mutex))
		cond.L.Lock()
		go func() {
			<-release
			cond.L.Lock()
			cond.Broadcast()
			cond.L.Unlock()
		}()
		publish()
		cond.Wait()
	}},
	{"syscall", "syscall", func(t *testing.T, publish func(), release <-chan struct{}) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Logf("no pipe: %v", err)
			return
		}
		defer r.Close()
		r.Fd() // from here on, a read blocks the thread and not just the goroutine
		go func() {
			<-release
			w.Close()
		}()
		publish()
		_, _ = r.Read(make([]byte, 1))
	}},
	{"io", "IO wait|syscall", func(t *testing.T, publish func(), release <-chan struct{}) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Logf("no pipe: %v", err)
			return
		}
		defer r.Close()
		go func() {
			<-release
			w.Close()
		}()
		publish()
		_, _ = r.Read(make([]byte, 1))
	}},
	{"coroutine", "coroutine", func(_ *testing.T, publish func(), release <-chan struct{}) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			publish()
			yield(0)
		})
		next()
		<-release
		stop()
	}},
	{"locked-thread", "chan receive", func(_ *testing.T, publish func(), release <-chan struct{}) {
		runtime.LockOSThread() // not unlocked: the thread ends with the goroutine
		publish()
		<-release
	}},
	{"panicking", "chan receive", func(t *testing.T, publish func(), release <-chan struct{}) {
		defer func() {
			publish()
			<-release
			assert.NotNil(t, recover())
		}()
		panic("on purpose")
	}},
	{"goexit", "chan receive", func(_ *testing.T, publish func(), release <-chan struct{}) {
		defer func() {
			publish()
			<-release
		}()
		runtime.Goexit()
	}},
}

func TestAliveForItself(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		check := func() {
			var c g.Census
			for range 3 {
				assert.True(t, c.Alive(g.Self()))
				assert.True(t, c.Alive(0, goroutine.ID()), "by its ID alone")
			}
		}
		check()
		testkit.InGoroutine(check)
		testkit.UnderGC(check)
	})
}

func TestNotAliveOnceTheGIsReused(t *testing.T) {
	if g.GoidOffset() == 0 {
		t.Skipf("%s has no assembly: no g to see reused", runtime.GOARCH)
	}
	// One P has one list of free gs, so the g is reused soon.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const lives = 20
	release := make(chan struct{})
	var done sync.WaitGroup
	var before []self
	var now self
	for range lives {
		testkit.InGoroutine(func() { now = ownSelf() })
		awaitDeath(t, now)
		before = append(before, now)

		// Goroutines that stay use up the free gs until one gets this g.
		born := make(chan self)
		for reborn := false; !reborn; {
			require.Less(t, runtime.NumGoroutine(), 100_000, "the g is not reused")
			done.Add(1)
			go func() {
				defer done.Done()
				born <- ownSelf()
				<-release
			}()
			next := <-born
			reborn = next.gp == now.gp
			if reborn {
				require.NotEqual(t, now.id, next.id)
				assert.True(t, next.alive())
			}
		}
		for _, old := range before {
			assert.False(t, old.alive())
		}
	}
	close(release)
	done.Wait()
}

// fakeG is memory that may pass for a g.
type fakeG [g.SearchLimit / 8]uint64

func (f *fakeG) addr() uintptr { return uintptr(unsafe.Pointer(f)) }

func (f *fakeG) set(off uintptr, word uint64) *fakeG {
	f[off/8] = word
	return f
}

// kept keeps memory alive to which tests refer by a number.
var kept []*fakeG

func TestNotAliveExactlyWithADeadStatusAndAStart(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) == 4 {
		t.Skip("no g on 32 bits")
	}
	g.ForceLayout(t, 160, 152, 320, goroutine.ID)
	for status := range uint32(32) {
		for _, scan := range []uint32{0, g.StatusScanBit} {
			f := new(fakeG).set(160, 7).set(320, 4711)
			kept = append(kept, f)
			*(*uint32)(unsafe.Pointer(&f[152/8])) = status | scan
			dead := status|scan == g.StatusDead
			assert.Equal(t, !dead, new(g.Census).Alive(f.addr(), 7), "status %#x", status|scan)
			assert.False(t, new(g.Census).Alive(f.addr(), 8), "another life, status %#x", status|scan)
			f.set(320, 0)
			assert.True(t, new(g.Census).Alive(f.addr(), 7), "a g for C, status %#x", status|scan)
		}
	}
	kept = nil
}
