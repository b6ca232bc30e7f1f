package inspect

import (
	"os"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// nameReasons makes goroutines wait for the common things, once, so that what others
// wait for can be named without a traceback. It waits for their ends.
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
		{"sync.RWMutex.Lock", func() {}, locked.Lock, locked.RUnlock}, // the first one's lock is in the way
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

// patience is how long a goroutine may take to be parked. What is not named then is just
// "waiting".
const patience = 200 * time.Millisecond

// name makes a goroutine wait in park until resume is called, and names what it waits for.
func name(reason string, park, resume func()) {
	g.WhileParked(patience, park, resume, func(gp uintptr, id uint64) bool {
		g.NameReason(gp, id, reason)
		return true
	})
}
