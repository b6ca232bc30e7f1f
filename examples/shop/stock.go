package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	_ "modernc.org/sqlite"

	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

// A warehouse has the prices.
type warehouse struct{ db *sql.DB }

// Price looks a price up on another goroutine, with a plain go statement. gRPC gives
// it a context, which it does not need.
func (s *warehouse) Price(_ context.Context, number string) (price int64, err error) {
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

// sqlOptions keep only the spans of queries.
var sqlOptions = otelsql.WithSpanOptions(otelsql.SpanOptions{
	OmitConnResetSession: true, OmitConnectorConnect: true, OmitRows: true, OmitConnPrepare: true,
})

func stock() (addr string, stop func(), err error) {
	db, err := otelsql.Open("sqlite", ":memory:", sqlOptions)
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
