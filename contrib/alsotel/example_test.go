package alsotel_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

// How do spans find their parents where functions have no ctx parameter?
func Example() {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	previous := otel.GetTracerProvider()
	otel.SetTracerProvider(alsotel.TracerProvider(provider))
	defer otel.SetTracerProvider(previous)

	done := make(chan struct{})
	order := func() {
		defer alsotel.Start("order").End()
		als.Go(func() { // and other goroutines
			defer close(done)
			defer alsotel.Start("charge").End()
			_, span := otel.Tracer("a library").Start(context.Background(), "query")
			span.End()
		})
		<-done
	}
	order()

	names := map[string]string{}
	for _, s := range exporter.GetSpans() {
		names[s.SpanContext.SpanID().String()] = s.Name
	}
	for _, s := range exporter.GetSpans() {
		fmt.Printf("%s below %q\n", s.Name, names[s.Parent.SpanID().String()])
	}
	// Output:
	// query below "charge"
	// charge below "order"
	// order below ""
}
