package main

// The same shop with a context.Context in every signature and without package als, for
// the comparison.

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/XSAM/otelsql"
	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

type requestKey struct{}

// A request has the data about a request that every process needs.
type request struct{ id, user string }

func requestOf(ctx context.Context) request {
	r, _ := ctx.Value(requestKey{}).(request)
	return r
}

func withRequest(ctx context.Context, id, user string) context.Context {
	return context.WithValue(ctx, requestKey{}, request{id, user})
}

// contextHandler adds the request and the span of a record's context.
type contextHandler struct{ slog.Handler }

func (h contextHandler) Handle(ctx context.Context, r slog.Record) error {
	if q := requestOf(ctx); q.id != "" {
		r.AddAttrs(slog.String("request", q.id), slog.String("user", q.user))
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

func begin(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	return otel.Tracer("shop").Start(ctx, name, opts...)
}

type explicitCounter counter

func (c *explicitCounter) order(w http.ResponseWriter, r *http.Request) {
	ctx := withRequest(r.Context(), r.Header.Get("X-Request-Id"), userOf(r))
	number := r.PathValue("number")
	price, err := c.price(ctx, number)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if err := c.announce(ctx, number); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	slog.InfoContext(ctx, "ordered", "order", number, "price", price)
	q := requestOf(ctx)
	json.NewEncoder(w).Encode(answer{q.id, q.user, trace.SpanContextFromContext(ctx).TraceID().String(), price})
}

func (c *explicitCounter) price(ctx context.Context, number string) (int64, error) {
	ctx, span := begin(ctx, "price")
	defer span.End()
	q := requestOf(ctx)
	ctx = metadata.AppendToOutgoingContext(ctx, "x-request-id", q.id, "x-user", q.user)
	return priceOf(ctx, c.stock, number)
}

func (c *explicitCounter) announce(ctx context.Context, number string) error {
	ctx, span := begin(ctx, "announce", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	q := requestOf(ctx)
	m := &nats.Msg{Subject: subject, Header: nats.Header{}, Data: []byte(number)}
	m.Header.Set("X-Request-Id", q.id)
	m.Header.Set("X-User", q.user)
	otel.GetTextMapPropagator().Inject(ctx, carrier{m.Header})
	return c.mail.PublishMsg(m)
}

func explicitFront() (addr string, stop func(), err error) {
	conn, err := grpc.NewClient(os.Getenv(peerVariable),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
	if err != nil {
		return "", nil, err
	}
	queue, err := nats.Connect(os.Getenv(natsVariable))
	if err != nil {
		return "", nil, err
	}
	c := &explicitCounter{stock: conn, mail: queue}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /order/{number}", c.order)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: otelhttp.NewHandler(mux, "order")}
	go server.Serve(l)
	return l.Addr().String(), func() {
		server.Shutdown(context.Background())
		queue.Drain()
		conn.Close()
	}, nil
}

type explicitWarehouse warehouse

func (s *explicitWarehouse) Price(ctx context.Context, number string) (price int64, err error) {
	md, _ := metadata.FromIncomingContext(ctx)
	ctx = withRequest(ctx, first(md.Get("x-request-id")), first(md.Get("x-user")))
	ctx, span := begin(ctx, "look up")
	defer span.End()
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = s.db.QueryRowContext(ctx, "SELECT length(?) * 100", number).Scan(&price)
		slog.InfoContext(ctx, "looked up", "order", number, "price", price)
	}()
	<-done
	return price, err
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func explicitStock() (addr string, stop func(), err error) {
	db, err := otelsql.Open("sqlite", ":memory:", sqlOptions)
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()), grpc.NumStreamWorkers(8))
	server.RegisterService(&stockService, &explicitWarehouse{db})
	go server.Serve(l)
	return l.Addr().String(), func() {
		server.GracefulStop()
		db.Close()
	}, nil
}

func explicitMail() (addr string, stop func(), err error) {
	closed := make(chan struct{})
	queue, err := nats.Connect(os.Getenv(natsVariable), nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	if err != nil {
		return "", nil, err
	}
	var deliveries sync.WaitGroup
	_, err = queue.QueueSubscribe(subject, "mail", func(m *nats.Msg) {
		ctx := otel.GetTextMapPropagator().Extract(context.Background(), carrier{m.Header})
		ctx = withRequest(ctx, m.Header.Get("X-Request-Id"), m.Header.Get("X-User"))
		ctx, span := begin(ctx, "consume", trace.WithSpanKind(trace.SpanKindConsumer))
		deliveries.Add(1)
		go func() {
			defer deliveries.Done()
			defer span.End()
			explicitDeliver(ctx, string(m.Data))
		}()
	})
	if err != nil {
		return "", nil, err
	}
	if err := queue.Flush(); err != nil {
		return "", nil, err
	}
	return queue.ConnectedUrl(), func() {
		queue.Drain()
		<-closed
		deliveries.Wait()
	}, nil
}

func explicitDeliver(ctx context.Context, number string) {
	ctx, span := begin(ctx, "deliver")
	defer span.End()
	slog.InfoContext(ctx, "delivered", "order", number)
}
