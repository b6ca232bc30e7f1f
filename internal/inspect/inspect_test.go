package inspect_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/inspect"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	request = als.New(als.Options[string]{Name: "request", RevokeOnEnd: true, Label: func(id string) string { return "r-" + id }})
	secret  = als.New(als.Options[string]{Name: "secret"})
	nothing = als.New(als.Options[int]{Name: "nothing", Label: func(int) string { return "" }})
)

// held runs start on a new goroutine, where it holds stores until release is called.
func held(t *testing.T, start func(wait func())) (id uint64, release func()) {
	ids, hold, ended := make(chan uint64), make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		start(func() {
			ids <- goroutine.ID()
			<-hold
		})
	}()
	return <-ids, func() { close(hold); <-ended }
}

// seen takes a picture of a goroutine once it waits for a channel.
func seen(t *testing.T, limit int, id uint64) (h inspect.Goroutine, p inspect.Picture) {
	testkit.AwaitState(t, id, "chan receive")
	testkit.Eventually(t, "it is in a picture, parked where that can be known", func() bool {
		p = inspect.Take(limit)
		i := slices.IndexFunc(p.Holders, func(h inspect.Goroutine) bool { return h.ID == id })
		if i < 0 {
			return false
		}
		h = p.Holders[i]
		return h.Exact || race.Enabled || !g.StatusKnown()
	})
	return h, p
}

func wantStores(t *testing.T, want []store, h inspect.Goroutine) {
	t.Helper()
	if race.Enabled {
		assert.Nil(t, h.Stores, "under the race detector a picture has no stores")
		return
	}
	for i := range want {
		if !h.Exact { // where it is not known whether a goroutine is parked
			want[i].Label, want[i].Ended = "", false
		}
	}
	var got []store
	for _, s := range h.Stores {
		assert.NotZero(t, s.Key.Index)
		got = append(got, store{s.Key.Name, s.Key.Type.String(), s.Label, s.Ended})
	}
	assert.ElementsMatch(t, want, got)
}

type store struct {
	Name, Type, Label string
	Ended             bool
}

const everything = 1 << 20

func TestAPictureShowsLabelsAndNoValues(t *testing.T) {
	inspect.ShowLabels()
	for name, limit := range map[string]int{"with a traceback": everything, "without": 0} {
		t.Run(name, func(t *testing.T) {
			id, release := held(t, func(wait func()) {
				request.Run("7", func() { secret.Run("s3cret", func() { nothing.Run(1, wait) }) })
			})
			defer release()
			h, p := seen(t, limit, id)
			wantStores(t, []store{
				{Name: "request", Type: "string", Label: "r-7"}, {Name: "secret", Type: "string"}, {Name: "nothing", Type: "int"},
			}, h)
			assert.Equal(t, goroutine.ID(), h.Creator())
			assert.Contains(t, h.Started(), "inspect_test.held at ")
			assert.Contains(t, h.Started(), "inspect_test.go:")
			assert.Equal(t, "chan receive", h.State())
			assert.Equal(t, limit > 0 || !g.StatusKnown(), p.Stacks != nil)
			assert.Equal(t, p.Stacks != nil, h.Stack != nil)
			assert.Zero(t, h.Waits())
		})
	}
}

func TestAPictureMarksStoresThatHaveEnded(t *testing.T) {
	inspect.ShowLabels()
	var runs, hold = make(chan uint64), make(chan bool)
	request.Run("8", func() {
		lease := als.LeaseContext(t.Context())
		als.Go(func() { runs <- goroutine.ID(); <-hold })
		lease.End()
	})
	defer close(hold)
	h, _ := seen(t, 0, <-runs)
	wantStores(t, []store{
		{Name: "request", Type: "string", Ended: true}, {Name: "context.Context", Type: "context.Context", Ended: true},
	}, h)
	if h.Exact {
		testkit.Eventually(t, "there is one context, once goroutines of other tests have exited", func() bool {
			return inspect.Take(0).Captured == 1
		})
		assert.Equal(t, "als.Go", h.Started())
	}
	h, _ = seen(t, everything, h.ID)
	assert.Contains(t, h.Started(), "als.Go, with ")
}

// The context of a request from a test is often context.Background.
func TestALeaseOfTheBackgroundHasNotEnded(t *testing.T) {
	inspect.ShowLabels()
	var runs, hold = make(chan uint64), make(chan bool)
	defer als.LeaseContext(context.Background()).End()
	als.Go(func() { runs <- goroutine.ID(); <-hold })
	defer close(hold)
	h, _ := seen(t, 0, <-runs)
	wantStores(t, []store{{Name: "context.Context", Type: "context.Context"}}, h)
}

// A captured store keeps its label.
func TestLabelsAreCaptured(t *testing.T) {
	inspect.ShowLabels()
	var snapshot als.ExecutionContext
	request.Run("9", func() {
		snapshot = als.Snapshot()
		for name, start := range map[string]func(wait func()){
			"als.Go":   func(wait func()) { request.Run("9", func() { testkit.Through(als.Go, wait) }) },
			"Run":      func(wait func()) { snapshot.Run(wait) },
			"Bind":     als.Bind(func(wait func()) { wait() }),
			"Scope":    func(wait func()) { defer request.WithScope("9").End(); wait() },
			"Enter":    func(wait func()) { request.EnterWith("9"); wait() },
			"Outlive":  als.Outlive(func(wait func()) { wait() }),
			"RunLater": func(wait func()) { secret.Run("x", func() { request.Run("9", wait) }) },
		} {
			t.Run(name, func(t *testing.T) {
				var id uint64
				ready, hold, ended := make(chan bool), make(chan bool), make(chan bool)
				// The context of the test itself must not be there by inheritance.
				als.ExecutionContext{}.Go(func() {
					defer close(ended)
					start(func() { id = goroutine.ID(); ready <- true; <-hold })
				})
				<-ready
				h, _ := seen(t, 0, id)
				if !race.Enabled && h.Exact {
					i := slices.IndexFunc(h.Stores, func(s async.HeldStore) bool { return s.Key.Name == "request" })
					require.GreaterOrEqual(t, i, 0)
					assert.Equal(t, "r-9", h.Stores[i].Label)
				}
				close(hold)
				<-ended
			})
		}
	})
}

// Pictures are safe while goroutines change their stores and contexts. None shows one
// goroutine's label for another.
func TestPicturesOfBusyGoroutines(t *testing.T) {
	inspect.ShowLabels()
	labels := make([]*als.Storage[uint64], 8)
	for i := range labels {
		labels[i] = als.New(als.Options[uint64]{Name: "busy", RevokeOnEnd: i%2 == 0, Label: func(id uint64) string { return time.Duration(id).String() }})
	}
	stop := make(chan struct{})
	var busy sync.WaitGroup
	for range 3 {
		busy.Add(1)
		go func() {
			defer busy.Done()
			id := goroutine.ID()
			ticks := make(chan bool)
			for !testkit.Closed(stop) {
				labels[0].Run(id, func() {
					labels[1].Run(id, func() {
						als.Snapshot().Run(func() { labels[2].EnterWith(id) })
						go func() { ticks <- true }()
						<-ticks // so that it is parked from time to time
					})
					defer labels[3].WithScope(id).End()
					als.ExecutionContext{}.Run(func() {
						for _, l := range labels {
							defer l.WithScope(id).End()
						}
					})
				})
			}
		}()
	}
	shown := 0
	look := func() {
		for _, h := range inspect.Take(0).Holders {
			for _, s := range h.Stores {
				if s.Key.Name == "busy" && s.Label != "" {
					shown++
					require.Equal(t, time.Duration(h.ID).String(), s.Label)
				}
			}
		}
	}
	for range testkit.ScaledByG(t, 2000) {
		look()
	}
	if !race.Enabled && g.StatusKnown() {
		testkit.Eventually(t, "the control: labels are seen", func() bool { look(); return shown > 100 })
	}
	close(stop)
	busy.Wait()
}

func TestWaits(t *testing.T) {
	for state, want := range map[string]time.Duration{
		"select":                                   0,
		"chan receive, 3 minutes":                  3 * time.Minute,
		"IO wait, 120 minutes, locked to thread":   2 * time.Hour,
		"chan receive (nil chan), synctest bubble": 0,
	} {
		assert.Equal(t, want, inspect.Waits(g.Stack{State: state}), state)
	}
}

// With and without a traceback, a picture has the same names for what goroutines wait for.
func TestStatesAreThoseOfATraceback(t *testing.T) {
	if !g.StatusKnown() {
		t.Skip("it is not known here whether a goroutine is parked")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var group sync.WaitGroup
	group.Add(1)
	var m sync.RWMutex
	m.Lock()
	for _, park := range []func(){
		func() { <-ctx.Done() },
		func() {
			select {
			case <-ctx.Done():
			case <-t.Context().Done():
			}
		},
		group.Wait,
		func() { m.RLock(); defer m.RUnlock() },
		func() { m.Lock(); defer m.Unlock() },
		func() {
			for ctx.Err() == nil {
				time.Sleep(100 * time.Millisecond)
			}
		},
	} {
		ids := make(chan uint64)
		go secret.Run("x", func() { ids <- goroutine.ID(); park() })
		id := <-ids
		testkit.Eventually(t, "the states are the same", func() bool {
			with, _ := seenOnce(everything, id)
			without, ok := seenOnce(0, id)
			return ok && with.State() == without.State() && with.State() != "waiting"
		})
	}
	cancel()
	group.Done()
	m.Unlock()
}

func seenOnce(limit int, id uint64) (h inspect.Goroutine, ok bool) {
	for _, h := range inspect.Take(limit).Holders {
		if h.ID == id {
			return h, true
		}
	}
	return h, false
}
