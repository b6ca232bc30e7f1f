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
// The ambient span is the span in the ambient context ([als.Context]). [Start], a
// [SpanProcessor], als/alshttp below otelhttp and als.RunContext put it there, and
// goroutines inherit it like any store.
//
// # Rules
//
// If the context of a new span has no valid span, the ambient span is its parent, in any
// library whose tracer comes from [TracerProvider]. An explicit span wins, also a remote
// or an unsampled one, and so does trace.WithNewRoot. The new context derives from the
// given one: its deadline, cancellation, values and baggage stay. Whether a bare
// context.Background gets the ambient span is a choice: see [BackgroundIsRoot].
//
// Spans may end in any order and on any goroutine. A span that has ended is ambient
// in no goroutine.
//
// Recording spans are never wrapped: the SDK and others assert their types.
//
// # What cannot work
//
// trace.SpanFromContext(context.Background()) returns no span: it reads its argument and
// does not call this package. Pass [als.Context] there. A library that has its own tracer
// provider starts roots.
package alsotel
