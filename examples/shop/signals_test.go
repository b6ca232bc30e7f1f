package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

// traced runs fn below a recorded span.
func traced(fn func(span alsotel.Span)) {
	previous := otel.GetTracerProvider()
	otel.SetTracerProvider(alsotel.TracerProvider(sdktrace.NewTracerProvider()))
	defer otel.SetTracerProvider(previous)
	span := alsotel.Start("work")
	defer span.End()
	fn(span)
}

type records struct{ all []sdklog.Record }

func (r *records) OnEmit(_ context.Context, record *sdklog.Record) error {
	r.all = append(r.all, record.Clone())
	return nil
}
func (*records) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }
func (*records) Shutdown(context.Context) error                         { return nil }
func (*records) ForceFlush(context.Context) error                       { return nil }

// slog.Info passes context.Background; below alslog.Ambient the bridge sees the span.
func TestRecordsOfTheBridgeHaveTheSpan(t *testing.T) {
	var got records
	bridge := otelslog.NewHandler("shop", otelslog.WithLoggerProvider(sdklog.NewLoggerProvider(sdklog.WithProcessor(&got))))
	log := slog.New(alslog.New(bridge, alslog.Ambient()))
	traced(func(span alsotel.Span) {
		log.Info("one")
		slog.New(bridge).Info("without Ambient")
		require.Len(t, got.all, 2)
		assert.Equal(t, span.SpanContext().TraceID(), got.all[0].TraceID())
		assert.Equal(t, span.SpanContext().SpanID(), got.all[0].SpanID())
		assert.False(t, got.all[1].TraceID().IsValid(), "the control")
	})
}

// http.Get passes context.Background. otelhttp's transport finds the ambient span anyway,
// and the next process gets it.
func TestClientsOfOtelhttpFindTheSpan(t *testing.T) {
	header := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { header <- r.Header.Get("Traceparent") }))
	defer server.Close()
	client := &http.Client{Transport: otelhttp.NewTransport(nil, otelhttp.WithPropagators(propagation.TraceContext{}))}
	get := func() string {
		res, err := client.Get(server.URL)
		require.NoError(t, err)
		res.Body.Close()
		return <-header
	}
	var id string
	traced(func(span alsotel.Span) {
		id = span.SpanContext().TraceID().String()
		assert.Contains(t, get(), id)
	})
	assert.NotContains(t, get(), id, "the span has ended")
}

// A measurement with the ambient context has the span as its exemplar.
func TestExemplarsHaveTheSpan(t *testing.T) {
	reader := metric.NewManualReader()
	counter, err := metric.NewMeterProvider(metric.WithReader(reader)).Meter("shop").Int64Counter("orders")
	require.NoError(t, err)
	traced(func(span alsotel.Span) {
		counter.Add(als.Context(), 1)
		var all metricdata.ResourceMetrics
		require.NoError(t, reader.Collect(context.Background(), &all))
		sum := all.ScopeMetrics[0].Metrics[0].Data.(metricdata.Sum[int64])
		require.Len(t, sum.DataPoints[0].Exemplars, 1)
		id := span.SpanContext().TraceID()
		assert.Equal(t, id[:], sum.DataPoints[0].Exemplars[0].TraceID)
	})
}
