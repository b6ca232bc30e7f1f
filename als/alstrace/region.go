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

// StartRegion begins a region of the task of the caller's request, or of none:
//
//	defer alstrace.StartRegion("charge").End()
//
// It is trace.StartRegion without a ctx, and the regions of a goroutine always nest: see
// [Region.End].
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

// End ends the region, and those inside it that are still open: a trace whose regions
// do not nest cannot be read at all. A second End does nothing, and neither does an End
// on another goroutine than that of StartRegion; such a region lasts until one around
// it ends, or the goroutine.
func (r Region) End() {
	if r.r != nil && r.r.goroutine == goroutine.ID() {
		r.r.end()
	}
}

// WithRegion calls fn in a region. However fn ends, the region ends with it.
//
// It panics if fn is nil.
func WithRegion(name string, fn func()) {
	if fn == nil {
		panic("alstrace: WithRegion: fn is nil")
	}
	defer StartRegion(name).End()
	fn()
}

// Log adds a message to the task of the caller's request, at this time in the trace. Of
// category there should be few. It is trace.Log without a ctx, and costs an atomic load
// while no trace is taken.
func Log(category, message string) {
	if trace.IsEnabled() {
		trace.Log(als.Context(), cut(category), cut(message))
	}
}

// A region is an open region of one goroutine. Only that goroutine reads and writes it,
// but for the field goroutine, which never changes.
type region struct {
	goroutine uint64
	outer     *region // nil for the outermost
	traced    *trace.Region
	ended     bool
}

// innermost is the caller's innermost open region. It belongs to the goroutine and not
// to the execution context, because regions in a trace do, too.
var innermost gls.Local[*region]

// end ends r, and the open regions inside it before. An open region is in the list that
// begins with innermost, which has the regions of this goroutine only.
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

// maxName is how much of a name is shown.
const maxName = 256

// cut returns the beginning of a name that is too long. The runtime would cut it, too,
// at 1 KiB, but up to Go 1.26 it throws for strings that do not fit a block of 64 KiB.
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
