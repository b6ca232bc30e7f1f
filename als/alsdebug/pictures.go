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
	// Up to tracebackLimit goroutines every picture has a traceback. It stops the
	// program for about 6 ms then, no longer than a goroutine profile of as many takes.
	tracebackLimit = 1000

	// Up to askedLimit goroutines a traceback can be asked for. It stops the program
	// for a tenth of a second then and takes some 80 MB.
	askedLimit = 20_000

	// Pictures take at most 1/share of a processor.
	share = 10

	// A picture is shown for at least keep, one with a requested traceback for at least
	// keepAsked.
	keep      = time.Second
	keepAsked = 30 * time.Second

	// While another picture is being taken, the last is shown up to this age.
	stale = 10 * time.Second
)

// pictures takes one picture at a time and keeps it for a moment.
type pictures struct {
	taking sync.Mutex // held while a picture is being taken; only ever tried, never waited for

	mu    sync.Mutex
	last  *inspect.Picture // nil before the first and once it is dropped
	until time.Time        // when another must be taken
}

// current returns the last picture, or takes a new one if that is too old. It returns nil
// if another goroutine is taking one and the last is stale.
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

// takeWithTraceback takes a picture with a traceback and keeps it. It returns an HTTP
// status, and a message unless that is 200.
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

// store makes p the last picture for d. It drops p when p is stale: a picture has some
// hundred bytes a goroutine.
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
