package inherit_test

import (
	"context"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// losses collects reports until the test ends.
type losses struct {
	mu  sync.Mutex
	all []als.Loss
}

func traceLosses(t *testing.T) *losses {
	l := new(losses)
	t.Cleanup(als.TraceLoss(func(loss als.Loss) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all = append(l.all, loss)
	}))
	return l
}

func (l *losses) take() []als.Loss {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all
	l.all = nil
	return all
}

// With inheritance a plain go statement loses nothing. The remaining losses are reported
// with their causes.
func TestLossesWithInheritance(t *testing.T) {
	if goroutine.Identity().Source == goroutine.Fallback {
		t.Skip("here the creator of a goroutine is unknown")
	}
	inherit.ForgetDetached(t)
	var user = als.New(als.Options[string]{Name: "user"})
	read := func() { user.Get() }
	plainly := testkit.InGoroutine
	l := traceLosses(t)

	user.Run("x", func() {
		plainly(read)
		plainly(func() { plainly(read) })
		testkit.Through(als.Go, read)
		plainly(func() {
			pprof.Do(context.Background(), pprof.Labels("a", "1"), func(context.Context) { plainly(func() {}) })
		})
		inherit.Do(context.Background(), pprof.Labels("a", "1"), func(context.Context) { plainly(read) })
	})
	plainly(read)
	assert.Empty(t, l.take())

	user.Run("x", func() {
		plainly(func() {
			pprof.Do(context.Background(), pprof.Labels("a", "1"), func(context.Context) { user.Get() })
		})
	})
	all := l.take()
	require.Len(t, all, 1)
	assert.Equal(t, als.LostToLabels, all[0].Cause)
	assert.Equal(t, goroutine.ID(), all[0].Creator)
	assert.Contains(t, all[0].String(), "see inherit.Do")

	loop := func(done chan struct{}) { defer close(done); user.Get() }
	inherit.Detach(loop)
	user.Run("x", func() {
		for range 3 {
			done := make(chan struct{})
			go loop(done)
			<-done
		}
	})
	all = l.take()
	require.Len(t, all, 1)
	assert.Equal(t, als.LostByDetach, all[0].Cause)
	assert.Contains(t, all[0].Go.Function, "TestLossesWithInheritance")
	assert.True(t, strings.HasSuffix(all[0].Go.File, "als/inherit/loss_test.go"))

	user.Run("x", func() {
		testkit.Through(func(f func()) { time.AfterFunc(0, f) }, func() { user.Get() })
		testkit.Through(func(f func()) { als.AfterFunc(0, f) }, func() { user.Get() })
	})
	all = l.take()
	require.Len(t, all, 1)
	assert.Equal(t, als.LostAtTimer, all[0].Cause)
}

// A detached goroutine that has stores of its own loses those of its starter all the same.
func TestADetachedGoroutineWithItsOwnStoresHasLostTheOthers(t *testing.T) {
	inherit.ForgetDetached(t)
	var user als.Storage[string]
	var a, b als.Storage[int]
	read := func() { user.Get() }
	inOther := func(f func()) { a.Run(1, f) }
	inZero := als.ExecutionContext{}.Run
	for name, test := range map[string]struct {
		work func()
		lost bool
	}{
		"in a Run":                       {func() { inOther(read) }, true},
		"in two":                         {func() { inOther(func() { b.Run(2, read) }) }, true},
		"after two":                      {func() { inOther(func() { b.Run(2, func() {}) }); read() }, true},
		"after a Snapshot":               {func() { inOther(func() { als.Snapshot(); read() }) }, true},
		"after EnterWith":                {func() { a.EnterWith(1); b.EnterWith(2); read() }, true},
		"after a captured context":       {func() { inZero(func() { inOther(func() {}) }); read() }, !race.Enabled}, // it drops an idle record
		"in a captured context":          {func() { inZero(read) }, false},
		"in a Run in it":                 {func() { inZero(func() { inOther(read) }) }, false},
		"in its own Run of that storage": {func() { user.Run("y", read) }, false},
		"after one":                      {func() { user.Run("y", func() {}); read() }, race.Enabled}, // it drops an idle record
		"after one, in a Run":            {func() { user.Run("y", func() {}); inOther(read) }, false},
		"in a goroutine of als.Go":       {func() { testkit.Through(als.Go, read) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := traceLosses(t)
			loop := func(done chan struct{}) { defer close(done); test.work() }
			inherit.Detach(loop)
			user.Run("x", func() {
				done := make(chan struct{})
				go loop(done)
				<-done
			})
			all := l.take()
			if !test.lost {
				assert.Empty(t, all)
				return
			}
			require.Len(t, all, 1)
			assert.Equal(t, als.LostByDetach, all[0].Cause)
		})
	}
}

// Labels that a program sets drop the stores until als is used again. Each child that
// finds none is reported.
func TestLossesBesideLabels(t *testing.T) {
	if goroutine.Identity().Source == goroutine.Fallback {
		t.Skip("here the creator of a goroutine is unknown")
	}
	set := pprof.Labels("span", "1")
	for name, before := range map[string]func(f func()){
		"in pprof.Do":    func(f func()) { pprof.Do(context.Background(), set, func(context.Context) { f() }) },
		"after pprof.Do": func(f func()) { pprof.Do(context.Background(), set, func(context.Context) {}); f() },
		"after SetGoroutineLabels": func(f func()) {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), set))
			f()
		},
	} {
		user := als.New(als.Options[string]{Name: name})
		onNew(func() {
			l := traceLosses(t)
			user.Run("u", func() {
				before(func() {
					testkit.InGoroutine(func() { assert.Empty(t, user.Get(), name) })
					assert.Equal(t, "u", user.Get(), name)
					testkit.InGoroutine(func() { assert.Equal(t, "u", user.Get(), name) })
				})
			})
			all := l.take()
			if assert.Len(t, all, 1, name) {
				assert.Equal(t, als.LostToLabels, all[0].Cause)
				assert.Equal(t, name, all[0].Storage)
			}
		})
	}
}

// A goroutine that was started before its creator's Run has lost nothing in it.
func TestNoLossOfAStoreThatTheCreatorSetLater(t *testing.T) {
	var user als.Storage[string]
	l := traceLosses(t)
	read, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		<-read
		assert.Empty(t, user.Get())
	}()
	user.Run("x", func() {
		close(read)
		<-done
	})
	assert.Empty(t, l.take())
}

// After the end of TraceLoss a detached goroutine gets no note of what it was not given.
func TestADetachedGoroutineHasNoNoteAfterTraceLoss(t *testing.T) {
	if labels.Offset() == 0 {
		t.Skip("the labels cannot be read here")
	}
	inherit.ForgetDetached(t)
	var user als.Storage[string]
	noted := func() (noted bool) {
		done := make(chan struct{})
		loop := func() {
			defer close(done)
			user.Get()
			noted = labels.Get() != nil
		}
		inherit.Detach(loop)
		user.Run("x", func() { go loop() })
		<-done
		return noted
	}
	stop := als.TraceLoss(func(als.Loss) {})
	assert.True(t, noted())
	stop()
	assert.False(t, noted())
}

// Tracing losses, on and off in between, does not change what goroutines see.
func TestEverythingWhileLossesAreTraced(t *testing.T) {
	trace := func() {
		als.TraceLoss(func(als.Loss) {})()
		runtime.Gosched()
	}
	testkit.Meanwhile(trace, func() { TestEverythingAtOnce(t) })
}
