//go:build hooks

package als_test

import (
	"fmt"
	"slices"

	"github.com/seed-1938943e/goroutine/hooks"
)

// With the tag hooks the random programs have async resources, too. Half of them have
// hooks, whose events are compared with the model's. Without the tag the tests of this
// package do not import package hooks.
func init() {
	newEvents = newHookEvents
	moreOps = slices.Concat(times(5, opResource), times(3, opDestroy), times(3, opHook))
}

// hookEvents are the async scopes and the events of a program.
type hookEvents struct {
	*machine
	since     hooks.ID // IDs up to this one are not the program's
	last      hooks.ID // created so far
	resources []*modelResource
	scopes    map[*worker][]scopeOf // of each worker, the innermost last

	hooks   []*hooks.Hook // the first stays enabled, as the last in order
	enabled []int         // in the order in which they were enabled
	got     []string
	want    []string
	matched int // number of events compared so far

	started chan struct{}        // the last callback of a goroutine's start sends here
	ends    map[hooks.ID]*worker // workers with an async scope of their own
}

// A scopeOf is an async scope in the model.
type scopeOf struct {
	id, trigger hooks.ID
	resource    *modelResource // nil for a goroutine
}

// A modelResource is a resource. Its program keeps it, so that its events do not depend on
// the collector.
type modelResource struct {
	*hooks.AsyncResource
	trigger   hooks.ID
	running   int // with events
	destroyed bool
}

func newHookEvents(m *machine) events {
	e := &hookEvents{
		machine: m, scopes: map[*worker][]scopeOf{}, ends: map[hooks.ID]*worker{},
		started: make(chan struct{}),
	}
	e.since = hooks.NewAsyncResource("SINCE").AsyncID()
	e.last = e.since
	if len(m.steps)%2 == 0 {
		for i := range 3 {
			e.hooks = append(e.hooks, e.newHook(i))
		}
		e.hooks[0].Enable()
		e.enabled = []int{0}
	}
	return e
}

func (e *hookEvents) stop() {
	e.compare("at the end")
	for _, h := range e.hooks {
		h.Disable()
	}
}

// newHook returns a hook that appends its events to got.
func (e *hookEvents) newHook(i int) *hooks.Hook {
	note := func(id hooks.ID, event string, inside bool) {
		if id <= e.since {
			return // its program has ended
		}
		e.got = append(e.got, fmt.Sprintf("hook %d: %s %d", i, event, id))
		if current := hooks.ExecutionAsyncID(); inside && current != id {
			e.fail("in %s of %d the ID is %d", event, id, current)
		}
	}
	return hooks.New(hooks.Callbacks{
		Init: func(id hooks.ID, typ string, trigger hooks.ID, resource any) {
			note(id, fmt.Sprintf("%s of %d, init", typ, trigger), false)
		},
		Before: func(id hooks.ID) {
			note(id, "before", true)
			if i == 0 && e.ends[id] != nil {
				e.started <- struct{}{}
			}
		},
		After: func(id hooks.ID) { note(id, "after", true) },
		Destroy: func(id hooks.ID) {
			note(id, "destroy", false)
			if w := e.ends[id]; i == 0 && w != nil {
				w.passOn()
			}
		},
	})
}

// expect appends an event of every enabled hook to want.
func (e *hookEvents) expect(id hooks.ID, event string) {
	for _, i := range e.enabled {
		e.want = append(e.want, fmt.Sprintf("hook %d: %s %d", i, event, id))
	}
}

func (e *hookEvents) compare(when string) {
	if e.failure == "" && !slices.Equal(e.got[e.matched:], e.want[e.matched:]) {
		e.fail("%s: events %q, want %q", when, e.got[e.matched:], e.want[e.matched:])
	}
	e.matched = min(len(e.got), len(e.want))
}

// scope returns the async scope that a worker is in.
func (e *hookEvents) scope(w *worker) scopeOf {
	if scopes := e.scopes[w]; len(scopes) > 0 {
		return scopes[len(scopes)-1]
	}
	return scopeOf{id: 1}
}

// compareScope compares what the functions of package hooks return in the current worker's
// async scope.
func (e *hookEvents) compareScope() {
	want := e.scope(e.current)
	if id, trigger := hooks.ExecutionAsyncID(), hooks.TriggerAsyncID(); id != want.id || trigger != want.trigger {
		e.fail("the IDs are %d and %d, want %d and %d", id, trigger, want.id, want.trigger)
	}
	got := hooks.ExecutionAsyncResource()
	if want.resource != nil && got != want.resource.AsyncResource || want.resource == nil && (got == nil) != (want.id == 1) {
		e.fail("in the scope of %d the resource is %v", want.id, got)
	}
}

// start implements [events].
func (e *hookEvents) start(creator, w *worker, start func()) {
	e.last++
	id, trigger := e.last, e.scope(creator).id
	e.scopes[w] = []scopeOf{{id: id, trigger: trigger}}
	e.expect(id, fmt.Sprintf("GOROUTINE of %d, init", trigger))
	if len(e.hooks) == 0 {
		start()
		return
	}
	e.ends[id] = w
	e.expect(id, "before")
	start()
	<-e.started
}

// end implements [events].
func (e *hookEvents) end(w *worker) bool {
	e.compareScope()
	if len(e.scopes[w]) == 0 || len(e.hooks) == 0 {
		return false
	}
	id := e.scope(w).id
	e.expect(id, "after")
	e.expect(id, "destroy")
	return true
}

// opResource makes a resource, or binds a function to one.
func opResource(w *worker, s step) bool {
	e := w.events.(*hookEvents)
	e.compareScope()
	e.last++
	r := &modelResource{trigger: e.scope(w).id}
	var options []hooks.ResourceOptions
	if s.how%6 >= 4 {
		r.trigger = e.since
		options = []hooks.ResourceOptions{{TriggerAsyncID: r.trigger, RequireManualDestroy: true}}
	}
	typ := "MODEL"
	if s.how%6 == 0 {
		typ = "bound-anonymous-fn"
	}
	e.expect(e.last, fmt.Sprintf("%s of %d, init", typ, r.trigger))

	var call func()
	inside := func() { e.inside(r) }
	switch s.how % 6 {
	case 0:
		call, r.AsyncResource = hooks.Bind(inside, "")
	case 1:
		call, r.AsyncResource = hooks.Bind(inside, "MODEL")
	case 2, 4:
		r.AsyncResource = hooks.NewAsyncResource("MODEL", options...)
		call = r.Bind(inside)
	default:
		r.AsyncResource = hooks.NewAsyncResource("MODEL", options...)
		call = func() { r.RunInAsyncScope(inside) }
	}
	if r.Type() != typ || r.AsyncID() != e.last || r.TriggerAsyncID() != r.trigger {
		w.fail("resource %d of %d is %s %d of %d", e.last, r.trigger, r.Type(), r.AsyncID(), r.TriggerAsyncID())
	}
	e.resources = append(e.resources, r)
	b := bound{typ: fmt.Sprintf("AsyncResource %d", r.AsyncID()), stores: w.model.capture()}
	b.call = func(int) (wrong string) {
		defer e.compareScope()
		if len(e.hooks) > 0 && !r.destroyed {
			e.expect(r.AsyncID(), "before")
		}
		call()
		return ""
	}
	w.logf("bound %d = %s", save(&w.bound, b, s), b.typ)
	return false
}

// inside is the function that runs in a resource.
func (e *hookEvents) inside(r *modelResource) {
	w := e.current
	outside := e.scopes[w]
	e.scopes[w] = append(slices.Clip(outside), scopeOf{r.AsyncID(), r.trigger, r})
	counted := len(e.hooks) > 0 && !r.destroyed
	if counted {
		r.running++
	}
	defer func() {
		e.compareScope()
		e.scopes[w] = outside
		if !counted {
			return
		}
		e.expect(r.AsyncID(), "after")
		if r.running--; r.running == 0 && r.destroyed {
			e.expect(r.AsyncID(), "destroy")
		}
	}()
	e.compareScope()
	w.body()
}

// opDestroy destroys a resource, which may have been destroyed.
func opDestroy(w *worker, s step) bool {
	e := w.events.(*hookEvents)
	if len(e.resources) == 0 {
		return false
	}
	r := e.resources[int(s.what)%len(e.resources)]
	w.logf("resource %d: EmitDestroy()", r.AsyncID())
	var want error
	switch {
	case r.destroyed:
		want = hooks.ErrDestroyed
	case r.running == 0:
		e.expect(r.AsyncID(), "destroy")
	}
	r.destroyed = true
	if got := r.EmitDestroy(); got != want {
		w.fail("EmitDestroy of resource %d returns %v, want %v", r.AsyncID(), got, want)
	}
	return false
}

// opHook enables a hook, which may be enabled, or disables one.
func opHook(w *worker, s step) bool {
	e := w.events.(*hookEvents)
	if len(e.hooks) == 0 {
		return false
	}
	i := 1 + int(s.what)%2
	if s.how%3 == 0 {
		w.logf("hook %d: Disable()", i)
		e.hooks[i].Disable()
		e.enabled = slices.DeleteFunc(e.enabled, func(j int) bool { return j == i })
		return false
	}
	w.logf("hook %d: Enable()", i)
	e.hooks[0].Disable()
	e.hooks[i].Enable()
	e.hooks[0].Enable()
	e.enabled = e.enabled[:len(e.enabled)-1]
	if !slices.Contains(e.enabled, i) {
		e.enabled = append(e.enabled, i)
	}
	e.enabled = append(e.enabled, 0)
	return false
}
