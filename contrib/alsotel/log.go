package alsotel

import (
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als/alslog"
)

// LogAttrs returns the option for [alslog.New] that adds trace_id and span_id of the
// ambient span, if there is one, to each record. The span need not be sampled. If the
// records go to otelslog, use alslog.Ambient instead: the bridge reads the span from the
// context of the record. Each of the two costs one read of the ambient context and one
// string for a record.
func LogAttrs() alslog.Option {
	return alslog.Join(
		alslog.AttrFunc("trace_id", ambientSpan{}, func(c trace.SpanContext) slog.Value { return slog.StringValue(c.TraceID().String()) }),
		alslog.AttrFunc("span_id", ambientSpan{}, func(c trace.SpanContext) slog.Value { return slog.StringValue(c.SpanID().String()) }))
}

// ambientSpan is the ambient span as a source of attributes.
type ambientSpan struct{}

func (ambientSpan) GetStore() (c trace.SpanContext, ok bool) {
	c = Current().SpanContext()
	return c, c.IsValid()
}
