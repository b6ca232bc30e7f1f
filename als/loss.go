package als

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// A LossCause says how a goroutine lost a store.
type LossCause uint8

const (
	// LostAtGo: the go statement carries no stores. Use Go, bind the function, or
	// import package als/inherit.
	LostAtGo LossCause = iota
	// LostToLabels: with als/inherit, profiler labels were set in the goroutine
	// before it used this package. Use inherit.Do.
	LostToLabels
	// LostByDetach: with als/inherit, the goroutine is one that inherit.Detach lets
	// start without stores, or was started by one. Bind what it calls.
	LostByDetach
	// LostAtTimer: a timer started the goroutine. Use AfterFunc, or bind the function.
	// A timer has no creator, so it is not known whether whoever set it had a store.
	LostAtTimer
)

// String returns what a report says about the cause.
func (c LossCause) String() string {
	switch c {
	case LostToLabels:
		return "profiler labels were set before als was used there; see inherit.Do"
	case LostByDetach:
		return "the goroutine is detached; bind what it calls"
	case LostAtTimer:
		return "timers carry no stores; see als.AfterFunc"
	}
	return "plain go statements carry no stores; see als.Go"
}

// A Place is a line of the program.
type Place struct {
	Function string // with its package's path, "" if it is not known
	File     string
	Line     int
}

// String returns "function (file:line)".
func (p Place) String() string {
	if p.Function == "" {
		return "an unknown place"
	}
	return fmt.Sprintf("%s (%s:%d)", p.Function, p.File, p.Line)
}

// A Loss is a read that found no store, in a goroutine whose creator had one.
type Loss struct {
	Storage   string // Options.Name, "" if the storage has none
	Read      Place  // where GetStore, Get or Context was called
	Go        Place  // the go statement that started the goroutine
	Goroutine uint64 // the one that reads
	Creator   uint64 // the one that executed the go statement, 0 if it is not known
	Cause     LossCause
}

// String returns a report of three lines.
func (l Loss) String() string {
	name := "a storage without a name"
	if l.Storage != "" {
		name = fmt.Sprintf("storage %q", l.Storage)
	}
	return fmt.Sprintf("als: goroutine %d finds no store of %s\n\tread at   %v\n\tlost at   %v: %v",
		l.Goroutine, name, l.Read, l.Go, l.Cause)
}

// TraceLoss calls report for each read that finds no store in a goroutine whose
// creator had one when it executed the go statement, until stop is called. It is
// called once for each place: each pair of a line that reads and a go statement, for
// each storage. It is called on the goroutine that reads, at once by several if they
// do, and may use this package. A second call of stop does nothing.
//
// A read in a goroutine that has had a store of the storage itself, or said by Exit
// that it wants none, or is in a context that was chosen for it (als.Go, a bound
// function, an ExecutionContext.Run), is no loss. Stores that a goroutine put in
// place before TraceLoss was called count from when it next changes any.
//
// It is safe in production. While it is on, a read costs four times what it does
// otherwise, and a Run and a read that is a loss up to half a microsecond each
// (BenchmarkTraceLoss). A goroutine passes the names of its stores on to those that it
// starts, beside its profiler labels, which are shown unchanged. While it is off it
// costs nothing.
//
// Setting ALS_TRACE_LOSS=1 in the environment prints reports to standard error from
// the start of the program.
//
// Losses at go statements are found on 64-bit platforms with Go releases that this
// version knows (1.24 to 1.27), and wherever package als/inherit works. Elsewhere
// there are no reports.
//
// It panics if report is nil. Node has no counterpart.
func TraceLoss(report func(Loss)) (stop func()) {
	if report == nil {
		panic("als: TraceLoss: report is nil")
	}
	type line struct {
		storage uint32
		read    Place
		started Place
	}
	var told async.Seen[line]
	return async.FindLosses(func(l async.Loss) {
		loss := lossOf(l)
		loss.Read = firstOutside(l.PCs)
		if told.First(line{l.Key, loss.Read, loss.Go}) {
			report(loss)
		}
	})
}

// lossOf returns what the engine says of a loss, without the place of the read.
func lossOf(l async.Loss) Loss {
	loss := Loss{
		Storage:   async.NameOf(l.Key),
		Goroutine: l.Goroutine,
		Creator:   l.Creator,
		Cause:     causes[l.Cause],
	}
	if l.Statement != 0 {
		loss.Go = placeOf(firstFrame(l.Statement))
	}
	return loss
}

// lostAt returns, for the message of a panic, how the caller lost its store of a key:
// " (lost at function (file:line): plain go ...)". It returns "" if losses are not
// being traced, or the caller did not lose the store.
func lostAt(k *async.Key) string {
	l, lost := async.LossOf(k)
	if !lost {
		return ""
	}
	loss := lossOf(l)
	return fmt.Sprintf(" (lost at %v: %v)", loss.Go, loss.Cause)
}

var causes = [...]LossCause{
	async.PlainGo:     LostAtGo,
	async.Overwritten: LostToLabels,
	async.Detached:    LostByDetach,
	async.Timer:       LostAtTimer,
}

// passOn are the prefixes of functions that only pass a read on.
var passOn = []string{
	"github.com/seed-1938943e/goroutine/als.",
	"github.com/seed-1938943e/goroutine/als/alshttp.",
	"github.com/seed-1938943e/goroutine/als/alslog.",
	"github.com/seed-1938943e/goroutine/als/alstest.",
	"github.com/seed-1938943e/goroutine/internal/async.",
	"log/slog.",
}

// firstOutside returns the innermost place that does not belong to a package that
// only passes the read on.
func firstOutside(pcs []uintptr) Place {
	frames := runtime.CallersFrames(pcs)
	for {
		frame, more := frames.Next()
		ours := false
		for _, prefix := range passOn {
			ours = ours || strings.HasPrefix(frame.Function, prefix)
		}
		if !ours || !more {
			return placeOf(frame)
		}
	}
}

func firstFrame(pc uintptr) runtime.Frame {
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return frame
}

func placeOf(f runtime.Frame) Place { return Place{f.Function, f.File, f.Line} }
