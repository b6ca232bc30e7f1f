package ops

import (
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
)

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
				{System: HooksOff, Loop: loop},
				{System: HooksAfter, Loop: func(n int) { h.Enable(); h.Disable(); loop(n) }},
				{System: HooksOn, Loop: func(n int) { h.Enable(); defer h.Disable(); loop(n) }},
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
