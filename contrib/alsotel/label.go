package alsotel

import (
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
)

// LabelGoroutines has goroutines that work for a span of [Start] show it as profiler
// labels trace_id and span_id, in programs that import als/inherit: in CPU profiles,
// goroutine dumps, leak profiles and, from Go 1.27 on, the tracebacks of a crash. Call
// it once, before the first span. Spans that have begun before are not shown, nor are
// those of a [SpanProcessor].
//
// It is opt-in because each span then costs two more scopes of package als, and because
// a profile with a label for each span is large: als.Options.Label has the costs. A
// goroutine whose span was ended by another one shows it until it next sets a store.
func LabelGoroutines() { labelling.Store(true) }

var labelling atomic.Bool

// What the labels show. A span may end on another goroutine than it began on, hence
// RevokeOnEnd.
var (
	traceLabel = als.New(als.Options[*trace.SpanContext]{Name: "trace_id", RevokeOnEnd: true,
		Label: func(c *trace.SpanContext) string { return c.TraceID().String() }})
	spanLabel = als.New(als.Options[*trace.SpanContext]{Name: "span_id", RevokeOnEnd: true,
		Label: func(c *trace.SpanContext) string { return c.SpanID().String() }})
)

// labels are the scopes of a span's labels; the zero labels are none.
type labels struct{ trace, span als.Scope[*trace.SpanContext] }

func label(c trace.SpanContext) labels {
	if !labelling.Load() || !c.IsValid() {
		return labels{}
	}
	return labels{traceLabel.WithScope(&c), spanLabel.WithScope(&c)}
}

func (l labels) end() {
	l.span.End()
	l.trace.End()
}
