package alsdebug

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/internal/inspect"
)

const (
	// tracebackLimit is up to how many goroutines a picture has a traceback without
	// being asked. It stops the program for about 6 ms then, no longer than a goroutine
	// profile of as many takes.
	tracebackLimit = 1000

	// askedLimit is up to how many goroutines a traceback can be asked for: it stops the
	// program for a tenth of a second then and takes some 80 MB.
	askedLimit = 20_000

	// share is what part of a processor pictures take at most, as 1/share.
	share = 10

	// keep is how long a picture is shown at least, and asked one with a traceback.
	keep      = time.Second
	keepAsked = 30 * time.Second

	// stale is up to what age a picture is shown while another is being taken.
	stale = 10 * time.Second
)

// pictures takes one picture at a time and keeps it for a moment.
type pictures struct {
	taking sync.Mutex // held while a picture is being taken; only ever tried, never waited for

	mu    sync.Mutex
	last  *inspect.Picture // nil if it has been dropped
	until time.Time        // it is shown
}

// current returns a picture that is fresh enough. It returns nil if there is none and
// another goroutine is taking one.
func (ps *pictures) current(now time.Time) *inspect.Picture {
	last, until := ps.kept()
	if last != nil && now.Before(until) {
		return last
	}
	if !ps.taking.TryLock() {
		if last != nil && now.Sub(last.Taken) < stale {
			return last
		}
		return nil
	}
	defer ps.taking.Unlock()
	p := inspect.Take(tracebackLimit)
	ps.store(&p, max(keep, share*p.Took))
	return &p
}

// takeWithTraceback takes a picture with a traceback, to be shown for a while. It returns
// a status of HTTP.
func (ps *pictures) takeWithTraceback() (status int, message string) {
	if n := runtime.NumGoroutine(); n > askedLimit {
		return http.StatusServiceUnavailable, fmt.Sprintf("alsdebug: there are %d goroutines; a traceback is taken of at most %d. "+
			"See /debug/pprof/goroutine?debug=1, which does not stop the program", n, askedLimit)
	}
	if !ps.taking.TryLock() {
		return http.StatusServiceUnavailable, "alsdebug: another request is taking a picture; try again in a second"
	}
	defer ps.taking.Unlock()
	p := inspect.Take(askedLimit)
	ps.store(&p, max(keepAsked, share*p.Took))
	return http.StatusOK, ""
}

func (ps *pictures) kept() (last *inspect.Picture, until time.Time) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.last, ps.until
}

// store keeps a picture for as long as it may be shown, also while another is being
// taken, and drops it then: it has some hundred bytes a goroutine.
func (ps *pictures) store(p *inspect.Picture, d time.Duration) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.last, ps.until = p, time.Now().Add(d)
	time.AfterFunc(d+stale, func() {
		ps.mu.Lock()
		defer ps.mu.Unlock()
		if ps.last == p {
			ps.last = nil
		}
	})
}
