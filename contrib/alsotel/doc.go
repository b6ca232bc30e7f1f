// Package alsotel connects package als with OpenTelemetry: spans find their parents
// where no context.Context is passed.
//
//	otel.SetTracerProvider(alsotel.TracerProvider(provider))
//	otel.SetTextMapPropagator(alsotel.Propagator(propagator))
//
//	func charge(cents int) { // no ctx
//		defer alsotel.Start("charge").End()
//		...
//	}
//
// # Words
//
// The ambient span is the span in the ambient context ([als.Context]). It is put there
// by [Start], by a [SpanProcessor], by als/alshttp below otelhttp, or by als.RunContext,
// and follows the work into goroutines as every store does.
//
// # Rules
//
// A span that is started with a context without a valid span gets the ambient span as
// its parent, whichever library starts it, if its tracer comes from the provider of
// [TracerProvider]. An explicit span wins, also a remote or an unsampled one, and so
// does trace.WithNewRoot. The context that Start returns is derived from the one that
// it was given: its deadline, cancellation, values and baggage stay. What a bare
// context.Background means is a choice: see [BackgroundIsRoot].
//
// Spans may end in any order and on any goroutine. A span that has ended is ambient
// nowhere, also not in goroutines that it has outlived.
//
// Recording spans are passed on as they are and never wrapped: the SDK and others
// assert their types.
//
// # What cannot work
//
// trace.SpanFromContext(context.Background()) stays without a span: it reads the
// context that it is given and calls nothing of ours. Pass [als.Context] there. A
// library that has its own tracer provider starts roots.
package alsotel
