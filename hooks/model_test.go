package hooks_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// TestModel runs random programs of scopes in scopes, goroutines, panics and Goexit.
// It compares every event, and the scope and store at every step, with a model. One
// goroutine runs at a time, so the model knows all IDs.
func TestModel(t *testing.T) {
	for range testkit.ScaledByG(t, 500) {
		seed := rand.Uint64()
		m := &model{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 0)), rec: record(t), toggled: newRecorder()}
		m.last = newID()
		testkit.InGoroutine(func() {
			defer func() { recover() }()
			m.steps(place{id: 1}, 0)
		})
		m.toggled.hook.Disable()
		m.rec.hook.Disable()
		m.compare("enabled throughout", m.rec, m.want)
		m.compare("toggled", m.toggled, m.wantToggled)
	}
}

type model struct {
	t           *testing.T
	seed        uint64
	rng         *rand.Rand
	last        hooks.ID // the highest so far
	resources   []*modelResource
	rec         *recorder
	want        []string
	toggled     *recorder
	on          bool // toggled is enabled
	wantToggled []string
}

type modelResource struct {
	*hooks.AsyncResource
	store     string
	running   int // with events
	destroyed bool
}

// A place is the scope and the store that the model expects at a step.
type place struct {
	id, trigger hooks.ID
	resource    any // nil for the root, and for goroutines, whose resource the model cannot know
	store       string
}

func (m *model) expect(what string, id hooks.ID) {
	line := fmt.Sprint(what, " ", id)
	m.want = append(m.want, line)
	if m.on {
		m.wantToggled = append(m.wantToggled, line)
	}
}

func (m *model) compare(which string, r *recorder, want []string) {
	var got []string
	for _, e := range r.all() {
		got = append(got, fmt.Sprint(e.what, " ", e.id))
	}
	require.Equal(m.t, want, got, "seed %d, hook %s", m.seed, which)
}

func (m *model) check(p place) {
	ok := hooks.ExecutionAsyncID() == p.id && hooks.TriggerAsyncID() == p.trigger && store.Get() == p.store
	switch resource := hooks.ExecutionAsyncResource(); {
	case p.id == 1:
		ok = ok && resource == nil
	case p.resource != nil:
		ok = ok && resource == p.resource
	default:
		ok = ok && resource == m.rec.await("init", p.id).resource
	}
	if !ok {
		m.t.Errorf("seed %d: in scope %d of %d, resource %v, with store %q, want %+v", m.seed,
			hooks.ExecutionAsyncID(), hooks.TriggerAsyncID(), hooks.ExecutionAsyncResource(), store.Get(), p)
	}
}

func (m *model) steps(p place, depth int) {
	for range m.rng.IntN(6) {
		m.check(p)
		switch m.rng.IntN(12) {
		case 0, 1:
			m.last++
			m.expect("init", m.last)
			m.resources = append(m.resources, &modelResource{AsyncResource: manual("r"), store: p.store})
		case 2, 3, 4, 5:
			if len(m.resources) > 0 && depth < 8 {
				m.run(p, m.resources[m.rng.IntN(len(m.resources))], depth)
			}
		case 6:
			if len(m.resources) > 0 {
				m.destroy(m.resources[m.rng.IntN(len(m.resources))])
			}
		case 7:
			if depth < 8 {
				m.start(p, depth)
			}
		case 8:
			p.store = fmt.Sprint(m.rng.IntN(100))
			store.EnterWith(p.store)
		case 9:
			if depth < 8 {
				inner := p
				inner.store = "bound"
				store.Run("bound", func() { als.Bind(func() { m.steps(inner, depth+1) })() })
			}
		case 10:
			if m.on = !m.on; m.on {
				m.toggled.hook.Enable()
			} else {
				m.toggled.hook.Disable()
			}
		case 11:
			switch m.rng.IntN(4) {
			case 0:
				panic("model")
			case 1:
				runtime.Goexit()
			}
		}
	}
}

func (m *model) destroy(r *modelResource) {
	if r.destroyed {
		require.Equal(m.t, hooks.ErrDestroyed, r.EmitDestroy())
		return
	}
	r.destroyed = true
	if r.running == 0 {
		m.expect("destroy", r.AsyncID())
	}
	require.NoError(m.t, r.EmitDestroy())
}

func (m *model) run(p place, r *modelResource, depth int) {
	if m.rng.IntN(2) == 0 {
		defer func() { recover(); m.check(p) }()
	}
	defer m.check(p)
	counted := !r.destroyed
	if counted {
		r.running++
		m.expect("before", r.AsyncID())
	}
	r.RunInAsyncScope(func() {
		defer func() {
			if !counted {
				return
			}
			m.expect("after", r.AsyncID())
			if r.running--; r.running == 0 && r.destroyed {
				m.expect("destroy", r.AsyncID())
			}
		}()
		m.steps(place{r.AsyncID(), r.TriggerAsyncID(), r.AsyncResource, r.store}, depth+1)
	})
}

func (m *model) start(p place, depth int) {
	m.last++
	id := m.last
	m.expect("init", id)
	m.expect("before", id)
	als.Go(func() {
		defer func() { m.expect("after", id); m.expect("destroy", id) }()
		defer func() { recover() }()
		m.steps(place{id: id, trigger: p.id, store: p.store}, depth+1)
	})
	m.rec.await("destroy", id)
	if m.on {
		m.toggled.await("destroy", id)
	}
	m.check(p)
}
