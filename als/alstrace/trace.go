package alstrace

import (
	"log/slog"
	"time"
)

// A Trace describes a trace that a Recorder writes.
type Trace struct {
	// Requests are the requests that were slow or stuck, in the order in which the
	// Recorder found them: at most 32, and More others.
	Requests []Request
	More     int

	// Suppressed is how many slow requests got no trace since the last one, because
	// they came too soon after it; see Options.Every.
	Suppressed int

	File  string // in Options.Dir; "" with Options.Create
	Bytes int64  // written
}

// A Request is one that was slow or stuck.
type Request struct {
	Name    string // of its task
	Began   time.Time
	Took    time.Duration // until it ended, or until now if it is still running
	Running bool          // whether it was stuck, not ended
}

// maxRequests is how many requests a Trace names.
const maxRequests = 32

// logDone is the default of Options.Done.
func logDone(t Trace, err error) {
	attrs := make([]any, 0, 8)
	if len(t.Requests) > 0 {
		first := t.Requests[0]
		attrs = append(attrs, "request", first.Name, "took", first.Took,
			"running", first.Running, "others", len(t.Requests)-1+t.More)
	}
	if err != nil {
		slog.Error("alstrace: the trace of a slow request is lost", append(attrs, "error", err)...)
		return
	}
	slog.Warn("alstrace: a request was slow", append(attrs, "trace", t.File, "bytes", t.Bytes, "suppressed", t.Suppressed)...)
}
