package alstrace

import (
	"runtime/trace"
	"unicode/utf8"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/gls"
)

// A Region is a part of the work of one goroutine, from [StartRegion] to its End. The
// zero Region has ended.
type Region struct{ r *region }

// StartRegion begins a region of the task of the caller's request, or of no task:
//
//	defer alstrace.StartRegion("charge").End()
//
// It is trace.StartRegion without a ctx. Unlike there the regions of a goroutine always
// nest: see [Region.End].
//
// It costs an atomic load while no trace is taken, and otherwise two small allocations.
func StartRegion(name string) Region {
	if !trace.IsEnabled() {
		return Region{}
	}
	outer, _ := innermost.Get()
	r := &region{
		goroutine: goroutine.ID(),
		outer:     outer,
		traced:    trace.StartRegion(als.Context(), cut(name)),
	}
	innermost.Set(r)
	return Region{r}
}

// End ends the region, and open regions inside it, because a trace whose regions do not
// nest cannot be read. A second End does nothing. Neither does an End on another goroutine
// than that of StartRegion; the region then lasts until an outer one ends, or the
// goroutine.
func (r Region) End() {
	if r.r != nil && r.r.goroutine == goroutine.ID() {
		r.r.end()
	}
}

// WithRegion calls fn in a region. The region ends with fn, also by a panic or Goexit.
//
// It panics if fn is nil.
func WithRegion(name string, fn func()) {
	if fn == nil {
		panic("alstrace: WithRegion: fn is nil")
	}
	defer StartRegion(name).End()
	fn()
}

// Log adds a message to the task of the caller's request, at this time in the trace. Use
// few categories. It is trace.Log without a ctx, and costs an atomic load while no trace
// is taken.
func Log(category, message string) {
	if trace.IsEnabled() {
		trace.Log(als.Context(), cut(category), cut(message))
	}
}

// A region is an open region of one goroutine. Only that goroutine reads and writes it,
// except for the field goroutine, which never changes.
type region struct {
	goroutine uint64
	outer     *region // nil for the outermost
	traced    *trace.Region
	ended     bool
}

// innermost is the caller's innermost open region. It belongs to the goroutine, not to
// the execution context, as regions in a trace do.
var innermost gls.Local[*region]

// end ends the open regions inside r, and then r. The list that begins with innermost has
// all open regions of this goroutine, and only those.
func (r *region) end() {
	if r.ended {
		return
	}
	for inner, _ := innermost.Get(); inner != r; inner = inner.outer {
		inner.close()
	}
	r.close()
	if r.outer == nil {
		innermost.Delete()
	} else {
		innermost.Set(r.outer)
	}
}

func (r *region) close() {
	r.ended = true
	r.traced.End()
}

const maxName = 256 // bytes

// cut cuts a name that is too long. The runtime cuts at 1 KiB, but up to Go 1.26 it throws
// for strings that do not fit a block of 64 KiB.
func cut(name string) string {
	if len(name) <= maxName {
		return name
	}
	end := maxName
	for end > maxName-utf8.UTFMax && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}
