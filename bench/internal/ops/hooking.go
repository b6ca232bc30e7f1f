package ops

import (
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/async"
)

// This program links package hooks, because some rows measure it. Other rows measure als.Go
// as in a program that does not. The engine's flag is all that makes the difference.
func init() { async.Identified.Store(false) }

// WithHooks calls f with als.Go as in a program that links package hooks: each goroutine
// is an async scope.
func WithHooks(f func()) {
	async.Identified.Store(true)
	defer async.Identified.Store(false)
	f()
}

// hooked returns the rows about hooks: the same loop without a hook, after a hook
// was enabled and disabled, and with a hook.
func hooked() []Row {
	manual := func() *hooks.AsyncResource {
		return hooks.NewAsyncResource("bench", hooks.ResourceOptions{RequireManualDestroy: true})
	}
	ignore := func(hooks.ID) {}
	h := hooks.New(hooks.Callbacks{
		Init:   func(hooks.ID, string, hooks.ID, any) {},
		Before: ignore, After: ignore, Destroy: ignore,
	})
	row := func(name, label string, loop func(n int)) Row {
		return Row{
			Name: "hooks/op=" + name, Label: label, Against: "the same without a hook",
			Impls: []Impl{
				{System: HooksOff, Around: WithHooks, Loop: loop},
				{System: HooksAfter, Around: WithHooks, Loop: func(n int) { h.Enable(); h.Disable(); loop(n) }},
				{System: HooksOn, Around: WithHooks, Loop: func(n int) { h.Enable(); defer h.Disable(); loop(n) }},
			},
		}
	}
	a := manual()
	return []Row{
		row("als.Go", "als.Go", func(n int) { spawn(n, als.Go) }),
		row("RunInAsyncScope", "AsyncResource.RunInAsyncScope", func(n int) {
			for range n {
				a.RunInAsyncScope(nothing)
			}
		}),
		row("NewAsyncResource", "NewAsyncResource and EmitDestroy", func(n int) {
			for range n {
				_ = manual().EmitDestroy()
			}
		}),
	}
}
