package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
	_ "modernc.org/sqlite"

	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

// A warehouse knows prices.
type warehouse struct{ db *sql.DB }

// price looks a price up on another goroutine, with a plain go statement and without a
// context.
func (s *warehouse) price(number string) (price int64, err error) {
	defer alsotel.Start("look up").End()
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = s.db.QueryRow("SELECT length(?) * 100", number).Scan(&price)
		slog.Info("looked up", "order", number, "price", price)
	}()
	<-done
	return price, err
}

func stock() (addr string, stop func(), err error) {
	db, err := otelsql.Open("sqlite", ":memory:", otelsql.WithSpanOptions(otelsql.SpanOptions{
		OmitConnResetSession: true, OmitConnectorConnect: true, OmitRows: true, OmitConnPrepare: true,
	}))
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	inside := func(context.Context) bool { return true } // only the front can reach it
	server := grpc.NewServer(
		grpc.StatsHandler(otelgrpc.NewServerHandler()),
		grpc.NumStreamWorkers(8), // goroutines that serve one RPC after another
		grpc.UnaryInterceptor(alsgrpc.UnaryServerInterceptor(alsgrpc.Fields(fields), alsgrpc.Trust(inside))))
	s := &warehouse{db}
	server.RegisterService(&stockService, s)
	go server.Serve(l)
	return l.Addr().String(), func() {
		server.GracefulStop()
		db.Close()
	}, nil
}

// What protoc would write: the service, and its client.

const priceMethod = "/shop.Stock/Price"

var stockService = grpc.ServiceDesc{
	ServiceName: "shop.Stock",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Price",
		Handler: func(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			number := new(wrapperspb.StringValue)
			if err := decode(number); err != nil {
				return nil, err
			}
			handle := func(_ context.Context, number any) (any, error) {
				price, err := srv.(*warehouse).price(number.(*wrapperspb.StringValue).Value)
				return wrapperspb.Int64(price), err
			}
			return intercept(ctx, number, &grpc.UnaryServerInfo{Server: srv, FullMethod: priceMethod}, handle)
		},
	}},
}

func priceOf(conn grpc.ClientConnInterface, number string) (int64, error) {
	price := new(wrapperspb.Int64Value)
	err := conn.Invoke(context.Background(), priceMethod, wrapperspb.String(number), price)
	return price.Value, err
}
