package alsotel

import (
	"context"
	"runtime"
	"sync"
	"weak"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
)

// SpanProcessor returns a processor that makes every recorded span ambient, from its
// start to its end, on the goroutine that starts it and in goroutines started there. It
// helps with libraries that do not pass on the context of their span. Register it with
// sdktrace.WithSpanProcessor.
//
// It is opt-in because it costs each span a scope of package als, and because a span for
// work on another goroutine is ambient on the one that starts it. Spans that the sampler
// drops reach no processor and do not become ambient.
func SpanProcessor() sdktrace.SpanProcessor { return &processor{} }

// A processor finds the lease of a span that ends. It keeps no lease alive: only the
// ambient contexts do, so the lease of a span that never ends is garbage with the
// goroutines that have it.
type processor struct{ open sync.Map } // trace.SpanID -> weak.Pointer[opened]

// An opened span is in the context that it leases.
type opened struct{ lease als.ContextLease }

type openedKey struct{}

func (p *processor) OnStart(_ context.Context, span sdktrace.ReadWriteSpan) {
	o := new(opened)
	id := span.SpanContext().SpanID()
	p.open.Store(id, weak.Make(o))
	runtime.AddCleanup(o, func(id trace.SpanID) { p.open.Delete(id) }, id)
	ctx := context.WithValue(als.Context(), openedKey{}, o)
	o.lease = als.LeaseContext(trace.ContextWithSpan(ctx, span))
}

func (p *processor) OnEnd(span sdktrace.ReadOnlySpan) {
	if w, ok := p.open.LoadAndDelete(span.SpanContext().SpanID()); ok {
		if o := w.(weak.Pointer[opened]).Value(); o != nil {
			o.lease.End()
		}
	}
}

// Shutdown does nothing: spans that are open stay ambient until they end.
func (p *processor) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing: there is nothing to export.
func (p *processor) ForceFlush(context.Context) error { return nil }
