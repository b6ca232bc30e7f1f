package als_test

import (
	"runtime"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestStorageIsGarbageWhenNothingRefersToIt(t *testing.T) {
	for what, use := range map[string]func(s *als.Storage[*payload]){
		"never used": func(*als.Storage[*payload]) {},
		"Run":        func(s *als.Storage[*payload]) { s.Run(nil, func() {}) },
		"EnterWith":  func(s *als.Storage[*payload]) { s.EnterWith(nil) },
		"disabled":   func(s *als.Storage[*payload]) { s.EnterWith(nil); s.Disable() },
		"captured":   func(s *als.Storage[*payload]) { s.Run(nil, func() { keptContext = als.Snapshot() }) },
		"bound":      func(s *als.Storage[*payload]) { s.Run(nil, func() { keptFunc = als.Bind(func() {}) }) },
		"scope":      func(s *als.Storage[*payload]) { s.WithScope(nil).End() },
	} {
		var w weak.Pointer[als.Storage[*payload]]
		done, used := make(chan struct{}), make(chan struct{})
		go func() { // it lives on
			func() {
				s := als.New(als.Options[*payload]{Name: what, Default: new(payload)})
				w = weak.Make(s)
				use(s)
			}()
			close(used)
			<-done
			als.Snapshot()
		}()
		<-used
		testkit.Garbage(t, "a Storage: "+what, w)
		close(done)
	}
}

var (
	keptContext als.ExecutionContext
	keptFunc    func()
)

// An unreachable Storage whose Run is in progress must keep its index: otherwise the end
// of the Run would replace the store of the Storage that gets the index next.
func TestIndexOfAStorageIsNotReusedDuringItsRun(t *testing.T) {
	for what, around := range map[string]func(func()){
		"Run":              func(f func()) { new(als.Storage[int]).Run(1, f) },
		"Run in Run":       func(f func()) { s := new(als.Storage[int]); s.Run(1, func() { s.Run(2, f) }) },
		"Run, boxed":       func(f func()) { new(als.Storage[[9]int]).Run([9]int{}, f) },
		"Run, revocable":   func(f func()) { als.New(als.Options[int]{RevokeOnEnd: true}).Run(1, f) },
		"Run, panic":       func(f func()) { testkit.Caught(func() { new(als.Storage[int]).Run(1, func() { f(); panic("x") }) }) },
		"Exit":             func(f func()) { new(als.Storage[int]).Exit(f) },
		"Scope":            func(f func()) { defer new(als.Storage[int]).WithScope(1).End(); f() },
		"Scope, revocable": func(f func()) { defer als.New(als.Options[int]{RevokeOnEnd: true}).WithScope(1).End(); f() },
		"Scopes, outer last": func(f func()) {
			s := new(als.Storage[int])
			a, b := s.WithScope(1), s.WithScope(2)
			f()
			a.End()
			b.End()
		},
	} {
		testkit.InGoroutine(func() {
			others := make([]*als.Storage[string], 0, 100)
			around(func() {
				for range 2 { // enough to collect the Storage and to release its index
					runtime.GC()
					collectOneStorage(t)
				}
				for range cap(others) {
					s := als.New[string]()
					s.EnterWith("other")
					others = append(others, s)
				}
			})
			for i, s := range others {
				wantStore(t, s, "other", "%s: %d", what, i)
			}
		})
	}
}

// collectOneStorage makes a Storage and waits until it has been collected.
func collectOneStorage(t *testing.T) {
	w := func() weak.Pointer[als.Storage[int]] {
		s := als.New[int]()
		s.Run(1, func() {})
		return weak.Make(s)
	}()
	testkit.Garbage(t, "a Storage", w)
	testkit.Collect(t, 2)
}

// The goroutine lives on, with a cell that has a store of an unreachable Storage.
func TestStoreOfADroppedStorageIsGarbage(t *testing.T) {
	for what, next := range map[string]func(other *als.Storage[int]){
		"another capture": func(other *als.Storage[int]) {
			other.EnterWith(1)
			als.Snapshot()
		},
		"another Storage, maybe in its place": func(*als.Storage[int]) { als.New[int]().EnterWith(1) },
	} {
		for among := range 2 {
			testkit.InGoroutine(func() {
				var other als.Storage[int]
				if among > 0 {
					other.EnterWith(1)
				}
				w := func() weak.Pointer[payload] {
					p, w := newPayload()
					als.New[*payload]().EnterWith(p)
					return w
				}()
				if among > 0 {
					als.Snapshot()
				}
				testkit.Collect(t, 2)
				testkit.Eventually(t, what+": garbage", func() bool {
					next(&other)
					runtime.GC()
					return w.Value() == nil
				})
			})
		}
	}
}

func TestAMillionStoragesNeedBoundedMemory(t *testing.T) {
	n := testkit.ScaledByG(t, 1_000_000)
	before := heapInUse()
	most := uint64(0)
	testkit.InGoroutine(func() {
		for i := range n {
			s := als.New[int]()
			s.Run(i, func() {
				if got := s.Get(); got != i {
					t.Errorf("got %d, want %d", got, i)
				}
			})
			if t.Failed() {
				return
			}
			if i%(n/10) == 0 {
				most = max(most, heapInUse())
			}
		}
	})
	limit := before + 16<<20
	t.Logf("%d KiB before, at most %d KiB meanwhile, %d KiB after", before>>10, most>>10, heapInUse()>>10)
	assert.Less(t, most, limit)
	assert.Less(t, heapInUse(), limit)
}

// heapInUse returns the size of the heap after collections with their cleanups.
func heapInUse() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
		for range 100 {
			runtime.Gosched()
		}
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
