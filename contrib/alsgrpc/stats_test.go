package alsgrpc_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/stats"

	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
)

// recorder counts the events by the request ID that is current then.
type recorder struct {
	stores *stores
	ended  chan struct{} // at the end of an RPC

	mu         sync.Mutex
	rpcs, conn map[string]int
}

func newRecorder(s *stores) *recorder {
	return &recorder{stores: s, ended: make(chan struct{}, 1), rpcs: map[string]int{}, conn: map[string]int{}}
}

func (r *recorder) note(counts map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts[r.stores.id.Get()]++
}

func (r *recorder) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	r.note(r.rpcs)
	return ctx
}

func (r *recorder) HandleRPC(_ context.Context, event stats.RPCStats) {
	r.note(r.rpcs)
	if _, ok := event.(*stats.End); ok {
		r.ended <- struct{}{}
	}
}

func (r *recorder) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	r.note(r.conn)
	return ctx
}

func (r *recorder) HandleConn(context.Context, stats.ConnStats) { r.note(r.conn) }

func TestStatsHandlersKnowTheRequest(t *testing.T) {
	s := newStores()
	onServer, onClient := newRecorder(s), newRecorder(s)
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) { return s.id.Get(), nil }
	opts := []alsgrpc.Option{alsgrpc.Fields(s.fields)}
	addr := serve(t, &service{unary: answer}, append(server(opts...), grpc.StatsHandler(alsgrpc.ServerStatsHandler(onServer, opts...)))...)
	c := dial(t, addr, append(client(opts...), grpc.WithStatsHandler(alsgrpc.ClientStatsHandler(onClient)))...)
	s.run("r-6", "acme", func() {
		got, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
		require.NoError(t, err)
		assert.Equal(t, "r-6", got.Username)
	})
	for _, r := range []*recorder{onServer, onClient} {
		<-r.ended
		r.mu.Lock()
		assert.Len(t, r.rpcs, 1, "%v", r.rpcs)
		assert.GreaterOrEqual(t, r.rpcs["r-6"], 5, "tag, begin, headers, payloads, end")
		assert.NotContains(t, r.conn, "r-6", "a connection serves many RPCs")
		r.mu.Unlock()
	}
	assert.Equal(t, alsfield.Drops{Stranger: 1}, s.fields.Drops("x-tenant"), "counted once, not at each event")
}
