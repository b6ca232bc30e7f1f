// Package alsgrpc connects package als with gRPC: a server handles each RPC with its own
// stores and with its context as the ambient one, and a client can send stores in the
// metadata.
//
//	var requestID als.Storage[string]
//
//	var fields = alsfield.NewSet(alsfield.String("x-request-id", &requestID, alsfield.FromStrangers()))
//
//	server := grpc.NewServer(
//		grpc.UnaryInterceptor(alsgrpc.UnaryServerInterceptor(alsgrpc.Fields(fields))),
//		grpc.StreamInterceptor(alsgrpc.StreamServerInterceptor(alsgrpc.Fields(fields))))
//	client, err := grpc.NewClient(target,
//		grpc.WithUnaryInterceptor(alsgrpc.UnaryClientInterceptor(alsgrpc.Fields(fields))),
//		grpc.WithStreamInterceptor(alsgrpc.StreamClientInterceptor(alsgrpc.Fields(fields))))
//
// # Servers
//
// Under the server interceptors each RPC begins without stores, also on a goroutine that
// serves many (grpc.NumStreamWorkers). It gets those that the options make from its
// metadata and its context. The RPC's context is the ambient one ([als.Context]) until
// the handler returns; afterwards als.Context is context.Background in every goroutine
// that the handler started. Interceptors in front of these see no stores of the RPC;
// those behind them do.
//
// Deadlines, cancellation and errors are those of gRPC. Panics pass. gRPC recovers none,
// so a panic of a handler ends the program unless an interceptor in front of these
// recovers it.
//
// # Clients
//
// The client interceptors write stores to the outgoing metadata. A key that the
// caller has set there stays as it is.
//
// With package als/inherit a client that a request makes would keep the request's
// stores alive. Make it with [NewClient]. The interceptors also connect an idle
// connection without stores. Callbacks such as a dialer see no stores either way:
// als/inherit starts gRPC's own goroutines without them.
//
// # Statistics
//
// gRPC calls a stats.Handler outside of interceptors, partly on goroutines of a
// connection. [ServerStatsHandler] and [ClientStatsHandler] call it with the stores of
// the RPC.
//
// # What it costs
//
// A unary RPC with one field costs, client and server together, some 30 small allocations
// more than the 140 of the RPC itself, most of them gRPC's for the metadata. BenchmarkRPC
// compares it with the same RPC without interceptors.
package alsgrpc
