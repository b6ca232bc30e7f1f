package main

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

const subject = "orders"

// A carrier adapts a NATS header to OpenTelemetry. Names keep their case: the NATS server
// writes traceparent in lower case.
type carrier struct{ nats.Header }

func (c carrier) Keys() []string { return slices.Collect(maps.Keys(c.Header)) }

// receive runs handle with the stores of a message and its span as the ambient one.
func receive(m *nats.Msg, handle func()) {
	als.ExecutionContext{}.Run(func() {
		fields.Run(m.Header, alsfield.Trusted, func() {
			ctx := otel.GetTextMapPropagator().Extract(context.Background(), carrier{m.Header})
			defer als.LeaseContext(ctx).End()
			handle()
		})
	})
}

func mail() (addr string, stop func(), err error) {
	closed := make(chan struct{})
	queue, err := nats.Connect(os.Getenv(natsVariable), nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	if err != nil {
		return "", nil, err
	}
	var deliveries sync.WaitGroup
	_, err = queue.QueueSubscribe(subject, "mail", func(m *nats.Msg) {
		receive(m, func() {
			deliveries.Add(1)
			span := alsotel.Start("consume", trace.WithSpanKind(trace.SpanKindConsumer))
			go func() { // the span ends on another goroutine than it began on
				defer deliveries.Done()
				defer span.End()
				deliver(string(m.Data))
			}()
		})
	})
	if err != nil {
		return "", nil, err
	}
	if err := queue.Flush(); err != nil { // the subscription has reached the server
		return "", nil, err
	}
	return queue.ConnectedUrl(), func() {
		queue.Drain() // handles messages that have arrived
		<-closed
		deliveries.Wait()
	}, nil
}

func deliver(number string) {
	defer alsotel.Start("deliver").End()
	slog.Info("delivered", "order", number)
}
