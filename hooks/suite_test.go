package hooks_test

import (
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// store is the storage that tests set to see which context a function is in.
var store als.Storage[string]

// An event has the arguments of a callback, and what the callback saw.
type event struct {
	what      string
	id        hooks.ID
	goroutine uint64

	typ      string   // Init only
	trigger  hooks.ID // Init only
	resource any      // Init only

	scope         hooks.ID // ExecutionAsyncID in the callback
	scopeTrigger  hooks.ID
	scopeResource any
	store         string
}

// A recorder is a hook that keeps every event of the resources that are created after
// it. It ignores those that earlier tests have left to the collector.
type recorder struct {
	hook  *hooks.Hook
	since hooks.ID

	mu      sync.Mutex
	changed *sync.Cond
	events  []event
}

// record returns a recorder that is enabled until the test ends.
func record(t testing.TB) *recorder {
	r := newRecorder()
	r.hook.Enable()
	t.Cleanup(func() { r.hook.Disable() })
	return r
}

func newRecorder() *recorder {
	r := &recorder{since: newID()}
	r.changed = sync.NewCond(&r.mu)
	r.hook = hooks.New(hooks.Callbacks{
		Init: func(id hooks.ID, typ string, trigger hooks.ID, resource any) {
			r.add(event{what: "init", id: id, typ: typ, trigger: trigger, resource: resource})
		},
		Before:  func(id hooks.ID) { r.add(event{what: "before", id: id}) },
		After:   func(id hooks.ID) { r.add(event{what: "after", id: id}) },
		Destroy: func(id hooks.ID) { r.add(event{what: "destroy", id: id}) },
	})
	return r
}

func (r *recorder) add(e event) {
	if e.id <= r.since {
		return
	}
	e.goroutine = goroutine.ID()
	e.scope, e.scopeTrigger, e.scopeResource = hooks.ExecutionAsyncID(), hooks.TriggerAsyncID(), hooks.ExecutionAsyncResource()
	e.store = store.Get()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	r.changed.Broadcast()
}

// all returns the events so far.
func (r *recorder) all() []event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[:len(r.events):len(r.events)]
}

// of returns what happened to a resource, in order.
func (r *recorder) of(id hooks.ID) (what []string) {
	for _, e := range r.all() {
		if e.id == id {
			what = append(what, e.what)
		}
	}
	return what
}

// lines returns the events as "init a", where a is the type of the resource.
func (r *recorder) lines() (lines []string) {
	types := map[hooks.ID]string{}
	for _, e := range r.all() {
		if e.what == "init" {
			types[e.id] = e.typ
		}
		lines = append(lines, e.what+" "+types[e.id])
	}
	return lines
}

// await waits for an event and returns it. After and Destroy of a goroutine come when
// its function has ended, which therefore cannot signal them.
func (r *recorder) await(what string, id hooks.ID) event {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		for _, e := range r.events {
			if e.what == what && e.id == id {
				return e
			}
		}
		r.changed.Wait()
	}
}

// newID returns an ID of no resource. It is higher than all before it.
func newID() hooks.ID { return hooks.ID(async.NewID()) }

// manual returns a resource without a Destroy event when it is collected.
func manual(typ string) *hooks.AsyncResource {
	return hooks.NewAsyncResource(typ, hooks.ResourceOptions{RequireManualDestroy: true})
}

// wantScope checks which async scope the caller is in, by all three functions.
func wantScope(t testing.TB, id, trigger hooks.ID, resource any, msg ...any) {
	t.Helper()
	assert.Equal(t, id, hooks.ExecutionAsyncID(), msg...)
	assert.Equal(t, trigger, hooks.TriggerAsyncID(), msg...)
	assert.True(t, resource == hooks.ExecutionAsyncResource(), msg...)
}

func wantNoScope(t testing.TB, msg ...any) {
	t.Helper()
	wantScope(t, 1, 0, nil, msg...)
}

func wantIn(t testing.TB, a *hooks.AsyncResource, msg ...any) {
	t.Helper()
	wantScope(t, a.AsyncID(), a.TriggerAsyncID(), a, msg...)
}

// goThrough runs f in a goroutine that als.Go starts, waits for its last event, and
// returns its ID.
func (r *recorder) goThrough(f func()) (id hooks.ID) {
	testkit.Through(als.Go, func() { id = hooks.ExecutionAsyncID(); f() })
	r.await("destroy", id)
	return id
}
