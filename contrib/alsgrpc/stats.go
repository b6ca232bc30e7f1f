package alsgrpc

import (
	"context"

	"google.golang.org/grpc/stats"

	"github.com/seed-1938943e/goroutine/als"
)

// ServerStatsHandler returns a stats.Handler that calls next with the stores that the
// options make from each RPC, and with the RPC's context as the ambient one. Pass it
// the options of the interceptors. Events of connections reach next without stores.
//
// It panics if next or an option is nil.
func ServerStatsHandler(next stats.Handler, opts ...Option) stats.Handler {
	if next == nil {
		panic("alsgrpc: ServerStatsHandler: next is nil")
	}
	return &serverStats{connStats{next}, configured("ServerStatsHandler", opts)}
}

type serverStats struct {
	connStats
	c *config
}

// TagRPC reads the fields once for the whole RPC.
func (h *serverStats) TagRPC(ctx context.Context, info *stats.RPCTagInfo) (tagged context.Context) {
	for i, received := range h.c.received(ctx) {
		ctx = context.WithValue(ctx, receivedKey{h.c.sets[i]}, received)
	}
	h.c.serve(ctx, func() { tagged = h.Handler.TagRPC(ctx, info) })
	return tagged
}

func (h *serverStats) HandleRPC(ctx context.Context, event stats.RPCStats) {
	h.c.serve(ctx, func() { h.Handler.HandleRPC(ctx, event) })
}

// ClientStatsHandler returns a stats.Handler that calls next for each event of an RPC
// with the stores that were current where the RPC began. Events of connections reach
// next without stores.
//
// It panics if next is nil.
func ClientStatsHandler(next stats.Handler) stats.Handler {
	if next == nil {
		panic("alsgrpc: ClientStatsHandler: next is nil")
	}
	return &clientStats{connStats{next}}
}

type clientStats struct{ connStats }

// TagRPC runs on the goroutine that begins the RPC.
func (h *clientStats) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	return als.NewContext(h.Handler.TagRPC(ctx, info))
}

func (h *clientStats) HandleRPC(ctx context.Context, event stats.RPCStats) {
	c, _ := als.FromContext(ctx)
	c.Run(func() { h.Handler.HandleRPC(ctx, event) })
}

// connStats calls a stats.Handler without stores for the events of connections, which
// serve many RPCs.
type connStats struct{ stats.Handler }

func (h connStats) TagConn(ctx context.Context, info *stats.ConnTagInfo) (tagged context.Context) {
	als.ExecutionContext{}.Run(func() { tagged = h.Handler.TagConn(ctx, info) })
	return tagged
}

func (h connStats) HandleConn(ctx context.Context, event stats.ConnStats) {
	als.ExecutionContext{}.Run(func() { h.Handler.HandleConn(ctx, event) })
}
