package alstrace

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// ErrUnsupported is the error of [Start] on Go releases without a flight recorder. It
// wraps errors.ErrUnsupported.
var ErrUnsupported = fmt.Errorf("alstrace: Start: a flight recorder needs Go 1.25: %w", errors.ErrUnsupported)

// A Recorder records the program's execution trace, and writes the end of it when a
// request is slow. Any goroutine may call its methods at any time. Those of a nil
// *Recorder only call the given functions, so that a program which cannot record can go
// on.
type Recorder struct {
	options Options

	// stopped is set once, by Stop, and read by each request.
	stopped atomic.Bool

	// flightMu is held while flight, which takes one call at a time, is used.
	flightMu sync.Mutex
	flight   flight // nil once it has stopped

	// mu guards these. It is never held while a trace is written.
	mu         sync.Mutex
	due        Trace     // the next one to write; none is due if Requests is empty
	last       time.Time // when a trace became due
	suppressed int       // requests since then that got none
	wake       chan struct{}
	closed     bool // whether wake is closed

	done chan struct{} // closed when the writing goroutine exits

	// Only the writing goroutine uses these.
	written []string // files in Options.Dir, oldest first
	files   int      // that it has named
}

// A flight is a trace.FlightRecorder, which Go 1.24 does not have.
type flight interface {
	io.WriterTo
	Stop()
}

// Start starts to record. A program has at most one flight recorder: Start fails while
// another one is active, of any package. Traces of [trace.Start] may be taken at the same
// time. Start returns [ErrUnsupported] on Go 1.24, and an error if it cannot create files
// in Options.Dir. The Recorder is nil then, and can be used like any other.
//
// Recording costs the program a few per cent of its CPU time, and memory for the window.
//
// It panics if Slow is not positive, Dir and Create are both set or both missing, a
// number is negative, or MinAge or Stuck is less than Slow.
func Start(o Options) (*Recorder, error) {
	o = o.withDefaults()
	if o.Dir != "" {
		if err := probe(o.Dir); err != nil {
			return nil, fmt.Errorf("alstrace: Start: %w", err)
		}
	}
	f, err := startFlight(o)
	if err != nil {
		return nil, err
	}
	rec := &Recorder{options: o, flight: f, wake: make(chan struct{}, 1), done: make(chan struct{})}
	als.ExecutionContext{}.Go(rec.write) // without stores: it works for all requests
	return rec, nil
}

// Stop writes the trace that is due, if any, and ends the recording. It returns when the
// trace is written and closed. Call it before the program exits, after Server.Shutdown: a
// request that is still running gets no trace afterwards. A second Stop waits, too. Do
// not call it in Options.Create or Done: it waits for them.
func (rec *Recorder) Stop() {
	if rec == nil {
		return
	}
	rec.stopped.Store(true)
	rec.mu.Lock()
	if !rec.closed {
		rec.closed = true
		close(rec.wake)
	}
	rec.mu.Unlock()
	<-rec.done
}

// WriteTo writes the current window, after a signal or an alarm, say. Options.Every does
// not apply. WriteTo waits while another trace is written, so w must not wait for one. It
// fails when the Recorder has stopped.
func (rec *Recorder) WriteTo(w io.Writer) (n int64, err error) {
	if rec == nil {
		return 0, errStopped
	}
	rec.flightMu.Lock()
	defer rec.flightMu.Unlock()
	if rec.flight == nil {
		return 0, errStopped
	}
	return rec.flight.WriteTo(w)
}

var errStopped = errors.New("alstrace: the Recorder has stopped")

// offer makes a trace due for a request. It reports false if none may be written now.
func (rec *Recorder) offer(r Request) bool {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	now := time.Now()
	switch {
	case rec.closed:
		return false
	case len(rec.due.Requests) >= maxRequests:
		rec.due.More++
		return true
	case len(rec.due.Requests) > 0: // not being written yet, so it will have this request
	case !rec.last.IsZero() && now.Sub(rec.last) < rec.options.Every:
		if !r.Running { // else it is counted when it ends
			rec.suppressed++
		}
		return false
	default:
		rec.last = now
		rec.due.Suppressed, rec.suppressed = rec.suppressed, 0
		rec.wake <- struct{}{} // does not block: the trace that was due before has been taken
	}
	rec.due.Requests = append(rec.due.Requests, r)
	return true
}

// take takes the trace that is due.
func (rec *Recorder) take() (t Trace, ok bool) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	t, rec.due = rec.due, Trace{}
	return t, len(t.Requests) > 0
}

// write is the goroutine that writes traces.
func (rec *Recorder) write() {
	defer close(rec.done)
	defer rec.stopFlight()
	for range rec.wake {
		if t, ok := rec.take(); ok {
			rec.options.Done(rec.writeTrace(t))
		}
	}
}

// stopFlight stops the flight recorder.
func (rec *Recorder) stopFlight() {
	rec.flightMu.Lock()
	defer rec.flightMu.Unlock()
	rec.flight.Stop()
	rec.flight = nil
}

// writeTrace writes a trace, and returns it with its File and Bytes.
func (rec *Recorder) writeTrace(t Trace) (Trace, error) {
	if rec.options.Create == nil {
		return rec.writeFile(t)
	}
	w, err := rec.options.Create(t)
	if err != nil {
		return t, err
	}
	t.Bytes, err = rec.WriteTo(w)
	return t, errors.Join(err, w.Close())
}
