package alsotel

import (
	"context"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"

	"github.com/seed-1938943e/goroutine/als"
)

// An Option changes what a [TracerProvider] does.
type Option interface{ apply(*provider) }

type option func(*provider)

func (o option) apply(p *provider) { o(p) }

// BackgroundIsRoot makes a span that is started with context.Background itself a root, as
// without this package. Without the option its parent is the ambient span, because
// libraries that take no context pass context.Background. With any other context without
// a span the parent is the ambient span either way.
func BackgroundIsRoot() Option { return option(func(p *provider) { p.backgroundIsRoot = true }) }

// TracerProvider returns a provider with the tracers of tp, but for one thing: if the
// context of a new span has no valid span, the ambient span is its parent, unless
// trace.WithNewRoot is given. It also applies to tracers that otel handed out before
// otel.SetTracerProvider.
//
// Starting a span costs one more read of the ambient context. A span's own
// TracerProvider method returns tp. ForceFlush and Shutdown are passed on to tp, if it
// has them.
//
// It panics if tp or an option is nil.
func TracerProvider(tp trace.TracerProvider, opts ...Option) trace.TracerProvider {
	if tp == nil {
		panic("alsotel: TracerProvider: tp is nil")
	}
	p := &provider{tp: tp}
	for _, o := range opts {
		if o == nil {
			panic("alsotel: TracerProvider: an option is nil")
		}
		o.apply(p)
	}
	return p
}

type provider struct {
	embedded.TracerProvider
	tp               trace.TracerProvider
	backgroundIsRoot bool
}

func (p *provider) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return &tracer{Tracer: p.tp.Tracer(name, opts...), backgroundIsRoot: p.backgroundIsRoot}
}

// ForceFlush is that of the provider below, if it has one.
func (p *provider) ForceFlush(ctx context.Context) error {
	if f, ok := p.tp.(interface{ ForceFlush(context.Context) error }); ok {
		return f.ForceFlush(ctx)
	}
	return nil
}

// Shutdown is that of the provider below, if it has one.
func (p *provider) Shutdown(ctx context.Context) error {
	if s, ok := p.tp.(interface{ Shutdown(context.Context) error }); ok {
		return s.Shutdown(ctx)
	}
	return nil
}

type tracer struct {
	trace.Tracer
	backgroundIsRoot bool
}

func (t *tracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	if ctx == nil {
		ctx = context.Background() // as in the SDK
	}
	if t.takesAmbient(ctx, opts) {
		ctx = withAmbient(ctx)
	}
	return t.Tracer.Start(ctx, name, opts...)
}

// Enabled is that of the tracer below, if it has one. The interface is optional.
func (t *tracer) Enabled(ctx context.Context) bool {
	if e, ok := t.Tracer.(interface{ Enabled(context.Context) bool }); ok {
		return e.Enabled(ctx)
	}
	return true
}

func (t *tracer) takesAmbient(ctx context.Context, opts []trace.SpanStartOption) bool {
	if trace.SpanContextFromContext(ctx).IsValid() || t.backgroundIsRoot && ctx == context.Background() {
		return false
	}
	return len(opts) == 0 || !newRoot(opts)
}

func newRoot(opts []trace.SpanStartOption) bool {
	config := trace.NewSpanStartConfig(opts...)
	return config.NewRoot()
}

// withAmbient returns ctx with the ambient span, if there is one.
func withAmbient(ctx context.Context) context.Context {
	if span := Current(); span.SpanContext().IsValid() {
		return trace.ContextWithSpan(ctx, span)
	}
	return ctx
}

// Current returns the ambient span. If there is none, it returns a span that records
// nothing and whose context is not valid, as trace.SpanFromContext does.
func Current() trace.Span { return trace.SpanFromContext(als.Context()) }
