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

// A birth describes the start of a goroutine by als.Go.
type birth struct {
	at        string        // the function that called als.Go, and where
	origin    uint64        // the goroutine that called als.Go, or that one's origin
	context   async.Context // in which the goroutine began; only under the race detector
	goroutine uint64        // 0 until it runs
}

// watching has the births that the hook has seen, of goroutines that are still running.
var watching struct {
	mu       sync.Mutex
	watchers int
	byScope  map[hooks.ID]*birth
	byID     map[uint64]*birth
}

var watcher = hooks.New(hooks.Callbacks{Init: begins, Before: runs, Destroy: ends})

// watch enables the hook until stop is called.
func watch() (stop func()) {
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if watching.watchers++; watching.watchers == 1 {
		watching.byScope, watching.byID = make(map[hooks.ID]*birth), make(map[uint64]*birth)
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

func begunBy(id uint64) (birth, bool) {
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if b := watching.byID[id]; b != nil {
		return *b, true
	}
	return birth{}, false
}

// begins runs on the goroutine that calls als.Go.
func begins(id hooks.ID, typ string, _ hooks.ID, _ any) {
	if typ != async.GoroutineType {
		return
	}
	b := &birth{at: caller(), origin: goroutine.ID()}
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if parent := watching.byID[b.origin]; parent != nil {
		b.origin = parent.origin
	}
	watching.byScope[id] = b
}

// runs runs on the new goroutine, in the context in which it starts.
func runs(id hooks.ID) {
	var c async.Context
	if race.Enabled {
		c = async.Capture()
	}
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if b := watching.byScope[id]; b != nil {
		b.goroutine, b.context = goroutine.ID(), c
		watching.byID[b.goroutine] = b
	}
}

func ends(id hooks.ID) {
	watching.mu.Lock()
	defer watching.mu.Unlock()
	if b := watching.byScope[id]; b != nil {
		delete(watching.byScope, id)
		delete(watching.byID, b.goroutine)
	}
}

// caller returns the function that called als.Go, and its place, for begins.
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
