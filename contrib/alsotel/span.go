package alsotel

import (
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
)

// scopeName is the instrumentation scope of spans that Start starts.
const scopeName = "github.com/seed-1938943e/goroutine/contrib/alsotel"

// A Span is a span that is ambient until its End. It is a trace.Span; copies are the
// same span.
type Span struct {
	trace.Span
	lease  als.ContextLease
	labels labels
}

// Start starts a span with the global tracer provider as a child of the ambient span. It
// is the ambient span of the caller, and of goroutines that the caller starts, until its
// End:
//
//	defer alsotel.Start("charge").End()
//
// It costs a few objects and a scope of package als more than the SDK's Start.
func Start(name string, opts ...trace.SpanStartOption) Span {
	return StartFrom(otel.GetTracerProvider().Tracer(scopeName), name, opts...)
}

// StartFrom is [Start] with a tracer of the caller's choice. It panics if tracer is
// nil.
func StartFrom(tracer trace.Tracer, name string, opts ...trace.SpanStartOption) Span {
	if tracer == nil {
		panic("alsotel: StartFrom: tracer is nil")
	}
	ctx, span := tracer.Start(als.Context(), name, opts...)
	return Span{span, als.LeaseContext(ctx), label(span.SpanContext())}
}

// End ends the span. It is ambient in no goroutine any more, and the opener's ambient
// context is the one before Start. Any goroutine may call End. A second End, and End of
// the zero Span, do nothing.
func (s Span) End(opts ...trace.SpanEndOption) {
	s.labels.end()
	s.lease.End()
	if s.Span != nil {
		s.Span.End(opts...)
	}
}
