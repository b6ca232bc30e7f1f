package alsotel

import (
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
)

// LabelGoroutines sets the profiler labels trace_id and span_id of goroutines that work
// for a span of [Start], in programs that import als/inherit. CPU profiles, goroutine
// dumps, leak profiles and, from Go 1.27 on, tracebacks of a crash show them. Call it
// once, before the first span. Spans that have begun before are not shown, nor are those
// of a [SpanProcessor].
//
// It is opt-in because each span then costs two more scopes of package als, and because
// a profile with a label for each span is large: als.Options.Label has the costs. If
// another goroutine ends the span, the labels stay until the goroutine next sets a store.
func LabelGoroutines() { labelling.Store(true) }

var labelling atomic.Bool

// The storages of the labels. They have RevokeOnEnd because a span may end on another
// goroutine than the one that started it.
var (
	traceLabel = als.New(als.Options[*trace.SpanContext]{Name: "trace_id", RevokeOnEnd: true,
		Label: func(c *trace.SpanContext) string { return c.TraceID().String() }})
	spanLabel = als.New(als.Options[*trace.SpanContext]{Name: "span_id", RevokeOnEnd: true,
		Label: func(c *trace.SpanContext) string { return c.SpanID().String() }})
)

// labels are the scopes of a span's labels. The zero labels have none.
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
