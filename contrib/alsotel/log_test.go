package alsotel_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

func TestLogAttrs(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(alslog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}), alsotel.LogAttrs()))
	log.Info("outside")
	span := alsotel.Start("work")
	log.Info("inside")
	done := make(chan struct{})
	als.Go(func() { log.Info("in a goroutine"); close(done) })
	<-done
	span.End()
	log.Info("after")
	ids := " trace_id=" + span.SpanContext().TraceID().String() + " span_id=" + span.SpanContext().SpanID().String()
	assert.Equal(t, "level=INFO msg=outside\nlevel=INFO msg=inside"+ids+"\nlevel=INFO msg=\"in a goroutine\""+ids+"\nlevel=INFO msg=after\n", out.String())
}
