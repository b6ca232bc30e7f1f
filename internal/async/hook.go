package async

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Hook has the callbacks of a hooks.Hook. Any of them may be nil.
type Hook struct {
	Init    func(id uint64, typ string, trigger uint64, resource any)
	Before  func(id uint64)
	After   func(id uint64)
	Destroy func(id uint64)
}

// enabled is the list of enabled hooks in the order in which they were enabled,
// nil if there is none. It is replaced under enabling and never written to. So an event
// calls the hooks that were enabled when it began, even if callbacks change the list.
var (
	enabled  atomic.Pointer[[]*Hook]
	enabling sync.Mutex
)

// Hooked reports whether any hook is enabled. With none, this load is all that hooks
// cost.
func Hooked() bool { return enabled.Load() != nil }

// EnableHook adds h to the enabled hooks, unless it is one.
func EnableHook(h *Hook) {
	enabling.Lock()
	defer enabling.Unlock()
	if list := hooks(); !slices.Contains(list, h) {
		list = append(slices.Clip(list), h)
		enabled.Store(&list)
	}
}

// DisableHook removes h from the enabled hooks.
func DisableHook(h *Hook) {
	enabling.Lock()
	defer enabling.Unlock()
	list := slices.DeleteFunc(slices.Clone(hooks()), func(other *Hook) bool { return other == h })
	if len(list) == 0 {
		enabled.Store(nil)
		return
	}
	enabled.Store(&list)
}

func hooks() []*Hook {
	if p := enabled.Load(); p != nil {
		return *p
	}
	return nil
}

// EmitInit calls the Init callbacks. A panic in one reaches the caller, and the hooks
// after it are not called. The same holds for the other events.
func EmitInit(id uint64, typ string, trigger uint64, resource any) {
	isolated(func() {
		for _, h := range hooks() {
			if h.Init != nil {
				h.Init(id, typ, trigger, resource)
			}
		}
	})
}

// EmitBefore calls the Before callbacks.
func EmitBefore(id uint64) {
	for _, h := range hooks() {
		if h.Before != nil {
			h.Before(id)
		}
	}
}

// EmitAfter calls the After callbacks.
func EmitAfter(id uint64) {
	for _, h := range hooks() {
		if h.After != nil {
			h.After(id)
		}
	}
}

// EmitDestroy calls the Destroy callbacks.
func EmitDestroy(id uint64) {
	for _, h := range hooks() {
		if h.Destroy != nil {
			h.Destroy(id)
		}
	}
}

// isolated runs emit and then restores the stores. Init and Destroy run in the context
// of an unrelated caller, which must not see what callbacks change.
func isolated(emit func()) {
	var c Context
	if r := Current(); r != nil {
		c = r.captureAll()
	}
	defer c.Enter().Leave()
	emit()
}

// EmitDestroyIsolated is EmitDestroy that restores the caller's stores afterwards. Cleanups
// call EmitDestroy: they have no stores to restore, and the race detector, which takes
// every cleanup for a goroutine of its own, would report the switch.
func EmitDestroyIsolated(id uint64) {
	if Hooked() {
		isolated(func() { EmitDestroy(id) })
	}
}
