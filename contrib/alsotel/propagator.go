package alsotel

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
)

// Propagator returns a propagator that injects the ambient span if the given context has
// none. In that case it also injects the ambient baggage if the context has no baggage. A
// context with a span is injected unchanged. Extract and Fields are those of p. Inject
// costs one read of the ambient context more where the given one has no span.
//
// It panics if p is nil.
func Propagator(p propagation.TextMapPropagator) propagation.TextMapPropagator {
	if p == nil {
		panic("alsotel: Propagator: p is nil")
	}
	return &propagator{p}
}

type propagator struct{ propagation.TextMapPropagator }

func (p *propagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if ctx == nil {
		ctx = context.Background()
	}
	if !trace.SpanContextFromContext(ctx).IsValid() {
		ambient := als.Context()
		ctx = trace.ContextWithSpan(ctx, trace.SpanFromContext(ambient))
		if baggage.FromContext(ctx).Len() == 0 {
			ctx = baggage.ContextWithBaggage(ctx, baggage.FromContext(ambient))
		}
	}
	p.TextMapPropagator.Inject(ctx, carrier)
}
