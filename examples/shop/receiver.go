package main

import (
	"context"
	"net"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

// A span has the data of one that the check needs.
type span struct {
	id, parent pcommon.SpanID
	process    string
	name       string
}

// A collection is the spans that an OpenTelemetry Collector's receiver has received, by
// trace ID.
type collection struct {
	mu     sync.Mutex
	traces map[string][]span
	stop   func(context.Context) error
}

// collect starts the receiver on a free port of the loopback interface.
func collect() (c *collection, addr string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	addr = l.Addr().String()
	l.Close()

	c = &collection{traces: map[string][]span{}}
	sink, err := consumer.NewTraces(c.add)
	if err != nil {
		return nil, "", err
	}
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*otlpreceiver.Config)
	config.GRPC.GetOrInsertDefault().NetAddr.Endpoint = addr
	r, err := factory.CreateTraces(context.Background(), receivertest.NewNopSettings(factory.Type()), config, sink)
	if err != nil {
		return nil, "", err
	}
	if err := r.Start(context.Background(), host()); err != nil {
		return nil, "", err
	}
	c.stop = r.Shutdown
	return c, addr, nil
}

func host() component.Host { return componenttest.NewNopHost() }

func (c *collection) add(_ context.Context, received ptrace.Traces) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range received.ResourceSpans().All() {
		process, _ := resource.Resource().Attributes().Get("service.name")
		for _, scope := range resource.ScopeSpans().All() {
			for _, s := range scope.Spans().All() {
				trace := s.TraceID().String()
				c.traces[trace] = append(c.traces[trace], span{s.SpanID(), s.ParentSpanID(), process.AsString(), s.Name()})
			}
		}
	}
	return nil
}
