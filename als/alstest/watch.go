package alstest

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/inspect"
	"github.com/seed-1938943e/goroutine/internal/race"
)

// A start is a call of als.Go.
type start struct {
	at        string        // the function that called als.Go, and where
	origin    uint64        // the goroutine that called als.Go, or that one's origin
	context   async.Context // in which the goroutine began; only under the race detector
	goroutine uint64        // 0 until it runs
}

// watching has the starts that the hook has seen, of goroutines that are still running.
var watching struct {
	mu       sync.Mutex
	watchers int
	byScope  map[hooks.ID]*start
	byID     map[uint64]*start
}

var watcher = hooks.New(hooks.Callbacks{Init: onInit, Before: onBefore, Destroy: onDestroy})

// watch enables the hook until stop is called.
func watch() (stop func()) {
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if watching.watchers++; watching.watchers == 1 {
		watching.byScope, watching.byID = make(map[hooks.ID]*start), make(map[uint64]*start)
		watcher.Enable()
	}
	return func() {
		watching.mu.Lock()
		defer watching.mu.Unlock()
		if watching.watchers--; watching.watchers == 0 {
			watcher.Disable()
		}
	}
}

func startOf(id uint64) (start, bool) {
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if s := watching.byID[id]; s != nil {
		return *s, true
	}
	return start{}, false
}

// onInit runs on the goroutine that calls als.Go.
func onInit(id hooks.ID, typ string, _ hooks.ID, _ any) {
	if typ != async.GoroutineType {
		return
	}
	s := &start{at: caller(), origin: goroutine.ID()}
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if parent := watching.byID[s.origin]; parent != nil {
		s.origin = parent.origin
	}
	watching.byScope[id] = s
}

// onBefore runs on the new goroutine, in the context in which it starts.
func onBefore(id hooks.ID) {
	var c async.Context
	if race.Enabled {
		c = async.Capture()
	}
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if s := watching.byScope[id]; s != nil {
		s.goroutine, s.context = goroutine.ID(), c
		watching.byID[s.goroutine] = s
	}
}

func onDestroy(id hooks.ID) {
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if s := watching.byScope[id]; s != nil {
		delete(watching.byScope, id)
		delete(watching.byID, s.goroutine)
	}
}

// caller returns the function that called als.Go, and its place, for onInit.
func caller() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if !inspect.IsOurs(f.Function) {
			return fmt.Sprintf("%s at %s:%d", f.Function, f.File, f.Line)
		}
		if !more {
			return "als.Go"
		}
	}
}
