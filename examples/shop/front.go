package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

// A counter takes orders: it asks the stock for the price and publishes them to the mail.
type counter struct {
	stock grpc.ClientConnInterface
	mail  *nats.Conn
}

// An answer has the stores, the trace and the price that the front has for a request.
type answer struct {
	Request, User, Trace string
	Price                int64
}

func (c *counter) order(w http.ResponseWriter, r *http.Request) {
	number := r.PathValue("number")
	price, err := c.price(number)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if err := c.announce(number); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	slog.Info("ordered", "order", number, "price", price)
	json.NewEncoder(w).Encode(answer{requestID.Get(), user.Get(), alsotel.Current().SpanContext().TraceID().String(), price})
}

func (c *counter) price(number string) (int64, error) {
	defer alsotel.Start("price").End()
	return priceOf(context.Background(), c.stock, number)
}

func (c *counter) announce(number string) error {
	defer alsotel.Start("announce", trace.WithSpanKind(trace.SpanKindProducer)).End()
	m := &nats.Msg{Subject: subject, Header: nats.Header{}, Data: []byte(number)}
	fields.Inject(m.Header)
	otel.GetTextMapPropagator().Inject(context.Background(), carrier{m.Header})
	return c.mail.PublishMsg(m)
}

// userOf returns the authenticated user: in this shop, the text of the bearer token.
func userOf(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func front() (addr string, stop func(), err error) {
	conn, err := grpc.NewClient(os.Getenv(peerVariable),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
		grpc.WithUnaryInterceptor(alsgrpc.UnaryClientInterceptor(alsgrpc.Fields(fields), alsgrpc.AmbientContext())))
	if err != nil {
		return "", nil, err
	}
	queue, err := nats.Connect(os.Getenv(natsVariable))
	if err != nil {
		return "", nil, err
	}
	c := &counter{stock: conn, mail: queue}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /order/{number}", c.order)
	// otelhttp outside, so that the ambient context has its span.
	handler := otelhttp.NewHandler(alshttp.Handler(mux, alshttp.Fields(fields, nil), alshttp.With(user, userOf)), "order")

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler}
	go server.Serve(l)
	return l.Addr().String(), func() {
		server.Shutdown(context.Background())
		queue.Drain()
		conn.Close()
	}, nil
}
