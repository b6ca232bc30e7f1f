package alstrace

import (
	"io"
	"time"
)

// Options configure a [Recorder]. Slow and one of Dir and Create are required.
type Options struct {
	// Slow is how long a request may take. A request that took longer is written when
	// it ends.
	Slow time.Duration

	// Stuck is how long a request may run. One that runs longer is written while it
	// runs, and not again at its end. If Every forbids a trace then, it is written
	// later. Stuck is at least Slow; 0 means MinAge.
	Stuck time.Duration

	// Name returns the name of the task of a request, such as the text of a store; see
	// [als.Storage.Label]. The Handler calls it on the request's goroutine before the
	// next handler, so it sees only stores that were set around the Handler. If it is
	// nil, or returns "", the name is the method and the path of the request.
	Name func() string

	// Dir is the directory for the files. Each is written under another name first, so
	// a file that ends in .trace is complete. Only the program's user can read it.
	Dir string

	// Keep is how many of its files a Recorder leaves in Dir: before it writes another
	// one, it removes the oldest. 0 means 10; it never removes other files.
	Keep int

	// Create returns the destination of a trace, instead of a file in Dir. Bytes of
	// that Trace is not set yet.
	Create func(Trace) (io.WriteCloser, error)

	// Every is the shortest time between two traces. 0 means a minute.
	Every time.Duration

	// MinAge is how far the window reaches back, if MaxBytes allows. It is at least
	// Slow; 0 means 10 seconds, or twice Slow if that is longer.
	MinAge time.Duration

	// MaxBytes is the approximate size of the window, in memory and in the file. 0
	// leaves it to package runtime/trace: 10 MiB in Go 1.25 to 1.27.
	MaxBytes uint64

	// Done is called after each attempt to write a trace, with an error if it failed.
	// If it is nil, [slog.Default] logs the trace, or the error. Create and Done run on
	// a goroutine of the Recorder, one call after the other. A panic in them ends the
	// program, as in any goroutine.
	Done func(Trace, error)
}

const (
	defaultEvery  = time.Minute
	defaultMinAge = 10 * time.Second
	defaultKeep   = 10
)

// withDefaults returns the options with the defaults filled in. It panics if they make
// no sense.
func (o Options) withDefaults() Options {
	switch {
	case o.Slow <= 0:
		panic("alstrace: Start: Options.Slow is not positive")
	case o.Dir == "" && o.Create == nil:
		panic("alstrace: Start: neither Options.Dir nor Options.Create")
	case o.Dir != "" && o.Create != nil:
		panic("alstrace: Start: both Options.Dir and Options.Create")
	case o.Keep < 0:
		panic("alstrace: Start: Options.Keep is negative")
	case o.Every < 0:
		panic("alstrace: Start: Options.Every is negative")
	}
	if o.MinAge == 0 {
		o.MinAge = max(defaultMinAge, 2*o.Slow)
	}
	if o.Stuck == 0 {
		o.Stuck = o.MinAge
	}
	if o.Every == 0 {
		o.Every = defaultEvery
	}
	if o.Keep == 0 {
		o.Keep = defaultKeep
	}
	switch {
	case o.MinAge < o.Slow:
		panic("alstrace: Start: Options.MinAge is less than Slow")
	case o.Stuck < o.Slow:
		panic("alstrace: Start: Options.Stuck is less than Slow")
	}
	if o.Done == nil {
		o.Done = logDone
	}
	return o
}
