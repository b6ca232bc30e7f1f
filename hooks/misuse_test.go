package hooks_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestMisusePanicsAtTheCallAndChangesNothing(t *testing.T) {
	a := manual("a")
	destroyed := manual("destroyed")
	assert.NoError(t, destroyed.EmitDestroy())
	for _, c := range []struct {
		call  string
		f     func()
		panic string
	}{
		{"NewAsyncResource", func() { hooks.NewAsyncResource("") }, "hooks: NewAsyncResource: typ is empty"},
		{"NewAsyncResource, manual", func() {
			hooks.NewAsyncResource("", hooks.ResourceOptions{RequireManualDestroy: true})
		}, "hooks: NewAsyncResource: typ is empty"},
		{"NewAsyncResource, options", func() {
			hooks.NewAsyncResource("x", hooks.ResourceOptions{}, hooks.ResourceOptions{})
		}, "hooks: NewAsyncResource: more than one ResourceOptions"},
		{"RunInAsyncScope", func() { a.RunInAsyncScope(nil) }, "hooks: AsyncResource.RunInAsyncScope: fn is nil"},
		{"RunInAsyncScope, destroyed", func() { destroyed.RunInAsyncScope(nil) }, "hooks: AsyncResource.RunInAsyncScope: fn is nil"},
		{"AsyncResource.Bind", func() { a.Bind(nil) }, "hooks: AsyncResource.Bind: fn is nil"},
		{"Bind", func() { hooks.Bind(nil, "x") }, "hooks: Bind: fn is nil"},
		{"Bind, no type", func() { hooks.Bind(nil, "") }, "hooks: Bind: fn is nil"},
		{"als.Go", func() { als.Go(nil) }, "als: Go: fn is nil"},
		{"ExecutionContext.Go", func() { als.Snapshot().Go(nil) }, "als: ExecutionContext.Go: fn is nil"},
	} {
		t.Run(c.call, func(t *testing.T) {
			check := func(where string) {
				r := record(t)
				defer r.hook.Disable()
				stores, id, goroutines := als.Snapshot(), hooks.ExecutionAsyncID(), runtime.NumGoroutine()
				assert.Equal(t, c.panic, testkit.Caught(c.f), where)
				assert.Equal(t, stores, als.Snapshot(), where)
				assert.Equal(t, id, hooks.ExecutionAsyncID(), where)
				assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines, "%s: a goroutine was started", where)
				assert.Empty(t, r.all(), "%s: events", where)
				assert.Equal(t, r.since+1, newID(), "%s: an ID was used", where)
			}
			testkit.InGoroutine(func() {
				check("outside")
				store.EnterWith("x")
				check("with stores")
				manual("b").RunInAsyncScope(func() { check("in a scope") })
			})
			testkit.InGoroutine(func() { a.RunInAsyncScope(func() { check("in the scope") }) })
		})
	}
	assert.NoError(t, a.EmitDestroy(), "it was not destroyed before")
}

func TestNilReceiversPanicAndChangeNothing(t *testing.T) {
	var h *hooks.Hook
	var a *hooks.AsyncResource
	testkit.InGoroutine(func() {
		// An emulator may report the fault at another address than nil's, which would
		// end the program.
		debug.SetPanicOnFault(true)
		for _, f := range []func(){
			func() { h.Enable() }, func() { h.Disable() }, func() { a.RunInAsyncScope(func() { t.Error("called") }) },
			func() { _ = a.EmitDestroy() }, func() { a.Type() }, func() { a.AsyncID() }, func() { a.TriggerAsyncID() },
		} {
			assert.Implements(t, (*runtime.Error)(nil), testkit.Caught(f))
			wantNoScope(t)
		}
	})
	r := record(t) // no lock is held
	manual("a")
	assert.Equal(t, []string{"init a"}, r.lines())
}
