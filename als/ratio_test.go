package als_test

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/ratio"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// BenchmarkRatio measures us and the baseline in turn; see package ratio.
//
//	go test -run '^$' -bench Ratio -benchtime 1x ./als
func BenchmarkRatio(b *testing.B) {
	for _, m := range measures {
		b.Run("measure="+m.name, func(b *testing.B) {
			if m.around == nil {
				m.around = func(f func()) { f() }
			}
			m.around(func() { ratio.Report(b, m.us, m.baseline) })
		})
	}
}

type user struct{ name, mail string }

type ctxKey struct{}

var (
	intStore     als.Storage[int]
	pointerStore als.Storage[*user]
	stringStore  als.Storage[string]
	errorStore   als.Storage[error]
	structStore  als.Storage[[8]int]
	secretStore  = als.New(als.Options[*user]{RevokeOnEnd: true})
	unsetStore   als.Storage[int]

	_ = func() bool { unsetStore.Run(1, nothing); return true }() // so it is a storage in use

	alice = &user{"alice", "a@example.com"}
)

type measure struct {
	name         string
	us, baseline func(n int)
	around       func(func())
}

var sinkInt int

// read returns a loop that reads a store, and one that reads the same from a
// context one level deep.
func read[T comparable](s *als.Storage[T], value T) (us, baseline func(n int)) {
	us = func(n int) {
		hits := 0
		for range n {
			if v, ok := s.GetStore(); ok && v == value {
				hits++
			}
		}
		sinkInt += hits
	}
	ctx := context.WithValue(context.Background(), ctxKey{}, value)
	baseline = func(n int) {
		hits := 0
		for range n {
			if v, ok := ctx.Value(ctxKey{}).(T); ok && v == value {
				hits++
			}
		}
		sinkInt += hits
	}
	return us, baseline
}

func reading[T comparable](name string, s *als.Storage[T], value T, around func(func())) measure {
	us, baseline := read(s, value)
	return measure{name, us, baseline, func(f func()) {
		s.Run(value, func() {
			if around != nil {
				around(f)
			} else {
				f()
			}
		})
	}}
}

func nothing() {}

var withValue = func(n int) {
	ctx := context.Background()
	for i := range n {
		use(context.WithValue(ctx, ctxKey{}, alice), i)
	}
}

var withInt = func(n int) {
	ctx := context.Background()
	for i := range n {
		use(context.WithValue(ctx, ctxKey{}, i), i)
	}
}

//go:noinline
func use(ctx context.Context, i int) { _ = ctx }

var measures = []measure{
	reading("get/store=int", &intStore, 1<<20, nil),
	reading("get/store=pointer", &pointerStore, alice, nil),
	reading("get/store=string", &stringStore, "request-4711", nil),
	reading("get/store=interface", &errorStore, error(context.Canceled), nil),
	reading("get/store=struct64", &structStore, [8]int{1, 2, 3}, nil),
	reading("get/store=revocable", secretStore, alice, nil),
	reading("get/storages=100", &pointerStore, alice, func(f func()) { among(100, f) }),
	reading("get/runs=1000", &pointerStore, alice, func(f func()) { deep(&pointerStore, 1000, f) }),
	reading("get/goroutines=100000", &pointerStore, alice, func(f func()) { beside(100_000, f) }),
	missing("get/store=none", func(f func()) { intStore.Run(1, f) }),
	missing("get/store=none,record=none", func(f func()) { testkit.InGoroutine(f) }),
	missing("get/store=none,after=Run", func(f func()) {
		testkit.InGoroutine(func() { unsetStore.Run(1, nothing); f() })
	}),
	{"run/store=pointer,nested", func(n int) {
		pointerStore.Run(alice, func() {
			for range n {
				pointerStore.Run(alice, nothing)
			}
		})
	}, withValue, nil},
	{"run/store=int,nested", func(n int) {
		intStore.Run(1, func() {
			for i := range n {
				intStore.Run(i, nothing)
			}
		})
	}, withInt, nil},
	{"run/store=pointer,first", func(n int) {
		for range n {
			pointerStore.Run(alice, nothing)
		}
	}, withValue, func(f func()) { testkit.InGoroutine(f) }},
	{"run/store=string,nested", func(n int) {
		stringStore.Run("x", func() {
			for range n {
				stringStore.Run("y", nothing)
			}
		})
	}, func(n int) {
		ctx := context.Background()
		name := strconv.Itoa(n)
		for i := range n {
			use(context.WithValue(ctx, ctxKey{}, name), i)
		}
	}, nil},
	{"run/store=revocable", func(n int) {
		for range n {
			secretStore.Run(alice, nothing)
		}
	}, withValue, nil},
	{"scope/store=pointer", func(n int) {
		for range n {
			scoped()
		}
	}, withValue, nil},
	{"bound", func(n int) {
		var f func()
		pointerStore.Run(alice, func() { f = als.Bind(nothing) })
		for range n {
			f()
		}
	}, withValue, nil},
	{"bound/inside=Run", func(n int) {
		var f func()
		pointerStore.Run(alice, func() { f = als.Bind(nothing) })
		intStore.Run(1, func() {
			for range n {
				f()
			}
		})
	}, withValue, nil},
	{"snapshot/unchanged", func(n int) {
		pointerStore.Run(alice, func() {
			for range n {
				keep(als.Snapshot())
			}
		})
	}, withValue, nil},
	{"snapshot/changed", func(n int) {
		for range n {
			pointerStore.Run(alice, func() { keep(als.Snapshot()) })
		}
	}, withValue, nil},
	{"go/stores=1", func(n int) {
		pointerStore.Run(alice, func() { spawn(n, als.Go) })
	}, func(n int) { spawn(n, func(f func()) { go f() }) }, nil},
	{"go/stores=1,at=64", func(n int) {
		pointerStore.Run(alice, func() { spawnMany(n, als.Go) })
	}, func(n int) { spawnMany(n, func(f func()) { go f() }) }, nil},
	{"go/stores=4", func(n int) {
		among(3, func() { pointerStore.Run(alice, func() { spawn(n, als.Go) }) })
	}, func(n int) { spawn(n, func(f func()) { go f() }) }, nil},
	{"go/stores=0", func(n int) {
		testkit.InGoroutine(func() { spawn(n, als.Go) })
	}, func(n int) { spawn(n, func(f func()) { go f() }) }, nil},
	{"go/first=Run", func(n int) {
		spawnRun(n, func(f func()) { go f() }, func() { pointerStore.Run(alice, nothing) })
	}, func(n int) {
		spawnRun(n, func(f func()) { go f() }, func() { use(context.WithValue(context.Background(), ctxKey{}, alice), 0) })
	}, nil},
}

//go:noinline
func keep(als.ExecutionContext) {}

func scoped() { defer pointerStore.WithScope(alice).End() }

func spawn(n int, start func(func())) {
	var done sync.WaitGroup
	f := done.Done
	for range n {
		done.Add(1)
		start(f)
		done.Wait()
	}
}

// spawnMany starts 64 goroutines at a time.
func spawnMany(n int, start func(func())) {
	var done sync.WaitGroup
	f := done.Done
	for n > 0 {
		batch := min(n, 64)
		n -= batch
		done.Add(batch)
		for range batch {
			start(f)
		}
		done.Wait()
	}
}

func spawnRun(n int, start func(func()), work func()) {
	var done sync.WaitGroup
	f := func() { work(); done.Done() }
	for range n {
		done.Add(1)
		start(f)
		done.Wait()
	}
}

// missing measures reads that find no store, against reads of a value from a context.
func missing(name string, around func(func())) measure {
	_, baseline := read(&unsetStore, 1)
	return measure{name, func(n int) {
		misses := 0
		for range n {
			if _, ok := unsetStore.GetStore(); !ok {
				misses++
			}
		}
		sinkInt += misses
	}, baseline, around}
}

// among calls f with the stores of n storages set.
func among(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	new(als.Storage[int]).Run(n, func() { among(n-1, f) })
}

// deep calls f below n Runs.
func deep(s *als.Storage[*user], n int, f func()) {
	if n == 0 {
		f()
		return
	}
	s.Run(alice, func() { deep(s, n-1, f) })
}

// beside calls f while n other goroutines hold stores.
func beside(n int, f func()) {
	var ready, done sync.WaitGroup
	release := make(chan struct{})
	ready.Add(n)
	done.Add(n)
	for range n {
		go pointerStore.Run(alice, func() {
			ready.Done()
			<-release
			done.Done()
		})
	}
	ready.Wait()
	f()
	close(release)
	done.Wait()
}
