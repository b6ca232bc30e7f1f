// Package inherited tests package alsgrpc in a program whose plain go statements carry
// stores. It is a separate program because the import affects all of a program.
package inherited

import (
	"context"
	"net"
	"sync"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
	testpb "google.golang.org/grpc/interop/grpc_testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

var (
	id     als.Storage[string]
	fields = alsfield.NewSet(alsfield.String("x-request-id", &id, alsfield.FromStrangers()))
)

type session struct{ data [1 << 10]byte }

var current als.Storage[*session]

type echo struct {
	testpb.UnimplementedTestServiceServer
}

func (echo) UnaryCall(context.Context, *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	seen := make(chan string)
	go func() { seen <- id.Get() }() // plain
	return &testpb.SimpleResponse{Username: <-seen}, nil
}

func serve(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(grpc.UnaryInterceptor(alsgrpc.UnaryServerInterceptor(alsgrpc.Fields(fields))))
	testpb.RegisterTestServiceServer(server, echo{})
	go server.Serve(l)
	t.Cleanup(server.Stop)
	return l.Addr().String()
}

// A dialer records the request ID of each call.
type dialer struct {
	mu   sync.Mutex
	seen []string
}

func (d *dialer) dial(ctx context.Context, addr string) (net.Conn, error) {
	d.mu.Lock()
	d.seen = append(d.seen, id.Get())
	d.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

// A client that the first request makes outlives it. The client's callbacks see no store
// of that request, and a client of alsgrpc.NewClient keeps none.
func TestAClientMadeInsideARequestCarriesNoneOfItsStores(t *testing.T) {
	require.NoError(t, inherit.Status())
	addr := serve(t)
	for name, newClient := range map[string]func(string, ...grpc.DialOption) (*grpc.ClientConn, error){
		"grpc.NewClient": grpc.NewClient, "alsgrpc.NewClient": alsgrpc.NewClient,
	} {
		t.Run(name, func(t *testing.T) {
			var d dialer
			var conn *grpc.ClientConn
			ask := func(name string) {
				got, err := testpb.NewTestServiceClient(conn).UnaryCall(context.Background(), &testpb.SimpleRequest{})
				if assert.NoError(t, err) {
					assert.Equal(t, name, got.Username)
				}
			}
			kept := make(chan weak.Pointer[session])
			go func() {
				s := new(session)
				kept <- weak.Make(s)
				current.Run(s, func() {
					id.Run("first", func() {
						var err error
						conn, err = newClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
							grpc.WithContextDialer(d.dial),
							grpc.WithUnaryInterceptor(alsgrpc.UnaryClientInterceptor(alsgrpc.Fields(fields))))
						if assert.NoError(t, err) {
							ask("first")
						}
					})
				})
				close(kept)
			}()
			made := <-kept
			<-kept
			defer conn.Close()
			id.Run("second", func() { ask("second") })
			ask("")
			d.mu.Lock()
			assert.Equal(t, []string{""}, d.seen)
			d.mu.Unlock()
			assert.Equal(t, connectivity.Ready, conn.GetState())
			if name == "alsgrpc.NewClient" {
				testkit.Garbage(t, "the session of the request that made the client", made)
			}
		})
	}
}
