package als

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/loss"
)

// A LossCause says how a goroutine lost a store.
type LossCause uint8

const (
	// LostAtGo: the go statement carries no stores. Use Go, bind the function, or
	// import package als/inherit.
	LostAtGo LossCause = iota
	// LostToLabels: with als/inherit, profiler labels were set and the goroutine was
	// started, or read a store, before als was used again. Use inherit.Do.
	LostToLabels
	// LostByDetach: with als/inherit, inherit.Detach makes the goroutine, or the one that
	// started it, start without stores. Bind the functions that it calls.
	LostByDetach
	// LostAtTimer: a timer started the goroutine. Use AfterFunc, or bind the function.
	// A timer has no creator, so it is not known whether the goroutine that set it had
	// a store.
	LostAtTimer
	// LostToRevoke: the goroutine has the store of a storage with RevokeOnEnd, and the
	// Run or Scope of that store has ended. Finish the work before that, or use Outlive.
	LostToRevoke
	// LostInLibrary: the go statement is in a library, where you cannot change it. Bind
	// the function that you pass to the library, or import package als/inherit.
	LostInLibrary
)

var lossCauses = [...]struct{ name, text string }{
	LostAtGo:      {"LostAtGo", "plain go statements carry no stores; see als.Go"},
	LostToLabels:  {"LostToLabels", "profiler labels were set before als was used there; see inherit.Do"},
	LostByDetach:  {"LostByDetach", "the goroutine is detached; bind the functions that it calls"},
	LostAtTimer:   {"LostAtTimer", "timers carry no stores; see als.AfterFunc"},
	LostToRevoke:  {"LostToRevoke", "the Run or Scope of the store has ended; see RevokeOnEnd"},
	LostInLibrary: {"LostInLibrary", "a library's go statement carries no stores; give it a function from als.Bind"},
}

// String returns the cause in words, with a hint, as reports show it.
func (c LossCause) String() string {
	if int(c) >= len(lossCauses) {
		return "an unknown cause"
	}
	return lossCauses[c].text
}

// MarshalText returns the name of the constant, "LostAtGo". It implements
// [encoding.TextMarshaler], so JSON and logs have the name.
func (c LossCause) MarshalText() ([]byte, error) {
	if int(c) >= len(lossCauses) {
		return nil, errors.New("als: LossCause.MarshalText: not one of the constants")
	}
	return []byte(lossCauses[c].name), nil
}

// UnmarshalText is the inverse of MarshalText.
func (c *LossCause) UnmarshalText(text []byte) error {
	for i, cause := range lossCauses {
		if cause.name == string(text) {
			*c = LossCause(i)
			return nil
		}
	}
	return fmt.Errorf("als: LossCause.UnmarshalText: unknown cause %q", text)
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
	Type      string // of the storage's stores, as in "*http.Request"
	Read      Place  // where GetStore, Get or Context was called
	Go        Place  // the go statement that started the goroutine
	Goroutine uint64 // the one that reads
	Creator   uint64 // the one that executed the go statement, 0 if it is not known
	Cause     LossCause
}

// String returns a report of three lines.
func (l Loss) String() string {
	name := "an als.Storage[" + l.Type + "] without a name"
	if l.Storage != "" {
		name = fmt.Sprintf("storage %q", l.Storage)
	}
	return fmt.Sprintf("als: goroutine %d finds no store of %s\n\tread at   %v\n\t%v",
		l.Goroutine, name, l.Read, l.how("   "))
}

// how returns "lost at", space, the place of the go statement, and the cause. A store that
// was revoked was not lost at a go statement.
func (l Loss) how(space string) string {
	if l.Cause == LostToRevoke {
		return fmt.Sprintf("lost:%s%v", space, l.Cause)
	}
	return fmt.Sprintf("lost at%s%v: %v", space, l.Go, l.Cause)
}

// LogValue returns the loss as a group of attributes. It implements [slog.LogValuer].
func (l Loss) LogValue() slog.Value {
	cause, _ := l.Cause.MarshalText()
	return slog.GroupValue(
		slog.String("storage", l.Storage),
		slog.String("type", l.Type),
		slog.String("read", l.Read.String()),
		slog.String("go", l.Go.String()),
		slog.Uint64("goroutine", l.Goroutine),
		slog.Uint64("creator", l.Creator),
		slog.String("cause", string(cause)),
		slog.String("help", l.Cause.String()),
	)
}

// TraceLoss calls report for losses until stop is called: for reads that find no store
// in a goroutine whose creator had one when it executed the go statement. It calls report
// once for each storage, line that reads, and go statement. Several goroutines may call
// report at once; it runs on the goroutine that reads and may use this package. A second
// call of stop does nothing.
//
// A read is no loss if its goroutine has had a store of the storage itself, is in an
// Exit, or is in a captured context (als.Go, a bound function, an ExecutionContext.Run). It
// is none either if the storage has InheritExplicit or InheritNever, because no go statement
// carries its stores. Stores that a goroutine set before the call of TraceLoss count once it
// next changes one.
//
// It is safe in production. It costs nothing while it is off. While it is on, ordinary
// reads take up to six times as long, a Run takes 0.5 µs, and a reported read 1 to 2 µs
// (BenchmarkTraceLoss). New goroutines get the list of their creator's stores hidden in
// its profiler labels, which profiles show unchanged.
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
	type pair struct {
		storage       uint32
		read, started Place // without functions: an inlined call gives the functions in it other names
		cause         LossCause
	}
	line := func(p Place) Place { return Place{File: p.File, Line: p.Line} }
	var reported loss.Seen[pair]
	return loss.Find(func(found loss.Loss) {
		l := lossOf(found)
		l.Read = firstOutside(found.PCs)
		if reported.First(pair{found.Key, line(l.Read), line(l.Go), l.Cause}) {
			report(l)
		}
	})
}

// lossOf returns the Loss for a found one, without the place of the read.
func lossOf(found loss.Loss) Loss {
	l := Loss{Goroutine: found.Goroutine, Creator: found.Creator, Cause: causes[found.Cause]}
	l.Storage, l.Type = async.Describe(found.Key)
	if found.Statement != 0 {
		l.Go = placeOf(firstFrame(found.Statement))
	}
	if l.Cause == LostAtGo && inLibrary(l.Go.Function) {
		l.Cause = LostInLibrary
	}
	return l
}

// howLost returns, for the message of a panic, how the caller lost its store of a key:
// " (lost at function (file:line): plain go ...)". It returns "" if losses are not
// being traced, or the caller did not lose the store.
func howLost(k *async.Key) string {
	found, lost := loss.Of(k)
	if !lost {
		return ""
	}
	return " (" + lossOf(found).how(" ") + ")"
}

var causes = [...]LossCause{
	loss.PlainGo:     LostAtGo,
	loss.Overwritten: LostToLabels,
	loss.Detached:    LostByDetach,
	loss.Timer:       LostAtTimer,
	loss.Revoked:     LostToRevoke,
}

// inLibrary reports whether a function belongs to the standard library or to a module
// that was downloaded.
func inLibrary(function string) bool {
	info, ok := debug.ReadBuildInfo()
	in := func(module string) bool {
		return strings.HasPrefix(function, module+"/") || strings.HasPrefix(function, module+".")
	}
	if !ok || function == "" || in("main") || in(info.Main.Path) {
		return false
	}
	for _, m := range info.Deps {
		if !in(m.Path) {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		return m.Version != "(devel)" // else it is a directory
	}
	// The first element of a path in the standard library has no dot.
	first, _, inside := strings.Cut(function, "/")
	return !inside || !strings.Contains(first, ".")
}

// passOn are the prefixes of functions that read on behalf of their callers.
var passOn = []string{
	"github.com/seed-1938943e/goroutine/als.",
	"github.com/seed-1938943e/goroutine/als/alshttp.",
	"github.com/seed-1938943e/goroutine/als/alslog.",
	"github.com/seed-1938943e/goroutine/als/alstest.",
	"github.com/seed-1938943e/goroutine/internal/async.",
	"github.com/seed-1938943e/goroutine/internal/loss.",
	"log/slog.",
}

// firstOutside returns the innermost place in a function without a prefix in passOn.
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
