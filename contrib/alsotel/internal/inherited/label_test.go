// Package inherited tests package alsotel in a program whose plain go statements carry
// stores. It is a separate program because the import affects all of a program.
package inherited

import (
	"bytes"
	"context"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

func TestMain(m *testing.M) {
	otel.SetTracerProvider(alsotel.TracerProvider(sdktrace.NewTracerProvider()))
	alsotel.LabelGoroutines()
	m.Run()
}

func dump(t *testing.T) string {
	var out bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&out, 1))
	return out.String()
}

func TestPlainGoroutinesHaveTheSpanAndItsLabels(t *testing.T) {
	require.NoError(t, inherit.Status())
	span := alsotel.Start("work")
	id := span.SpanContext()
	shown := `"span_id":"` + id.SpanID().String() + `", "trace_id":"` + id.TraceID().String() + `"`
	assert.Contains(t, dump(t), shown)
	ready, proceed := make(chan bool), make(chan struct{})
	go func() {
		_, child := otel.Tracer("library").Start(context.Background(), "child")
		ready <- child.SpanContext().TraceID() == id.TraceID()
		<-proceed
		ready <- alsotel.Current().SpanContext().IsValid()
	}()
	assert.True(t, <-ready)
	assert.Contains(t, dump(t), shown)
	testkit.InGoroutine(func() { span.End() })
	assert.False(t, alsotel.Current().SpanContext().IsValid())
	close(proceed)
	assert.False(t, <-ready)

	// As Options.Label says, the labels stay until this goroutine next sets a store. The
	// other one shows them until it has exited.
	alsotel.Start("next").End()
	testkit.Eventually(t, "no goroutine shows the span", func() bool {
		return !strings.Contains(dump(t), id.SpanID().String())
	})
}
