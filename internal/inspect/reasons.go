package inspect

import (
	"os"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// nameReasons starts goroutines that wait for common things, once, so that pictures can
// name what others wait for without a traceback. They have ended when it returns.
var nameReasons = sync.OnceFunc(func() {
	var locked sync.RWMutex
	var m sync.Mutex
	var group sync.WaitGroup
	wanted, done := sync.NewCond(&m), false
	for _, w := range []struct {
		name         string
		before, park func()
		after        func()
	}{
		{"sync.RWMutex.RLock", locked.Lock, locked.RLock, locked.Unlock},
		{"sync.RWMutex.Lock", func() {}, locked.Lock, locked.RUnlock}, // waits for the RLock above
		{"sync.Cond.Wait", func() {}, func() {
			m.Lock()
			defer m.Unlock()
			for !done {
				wanted.Wait()
			}
		}, func() {
			m.Lock()
			defer m.Unlock()
			done = true
			wanted.Broadcast()
		}},
		{"sync.WaitGroup.Wait", func() { group.Add(1) }, group.Wait, group.Done},
		{"sleep", func() {}, func() { time.Sleep(patience / 4) }, func() {}},
	} {
		w.before()
		name(w.name, w.park, w.after)
	}
	if r, out, err := os.Pipe(); err == nil {
		name("IO wait", func() { r.Read(make([]byte, 1)) }, func() { out.Close() })
		r.Close()
	}
})

// patience is how long a goroutine may take to park. Later than that, its reason has no
// name, and pictures say "waiting".
const patience = 200 * time.Millisecond

// name gives reason as the name of what park waits for. resume must end park.
func name(reason string, park, resume func()) {
	g.WhileParked(patience, park, resume, func(gp uintptr, id uint64) bool {
		g.NameReason(gp, id, reason)
		return true
	})
}
