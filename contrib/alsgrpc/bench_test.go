package alsgrpc_test

import (
	"context"
	"testing"

	testpb "google.golang.org/grpc/interop/grpc_testing"

	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
)

// A unary RPC over loopback, with one field and without interceptors.
func BenchmarkRPC(b *testing.B) {
	s := newStores()
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) { return "", nil }
	plain := dial(b, serve(b, &service{unary: answer}))
	carrying := dial(b, serve(b, &service{unary: answer}, server(alsgrpc.Fields(s.fields))...), client(alsgrpc.Fields(s.fields))...)
	for _, c := range []struct {
		name   string
		client testpb.TestServiceClient
	}{{"impl=plain", plain}, {"impl=alsgrpc", carrying}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			s.id.Run("r-1", func() {
				for range b.N {
					if _, err := c.client.UnaryCall(context.Background(), &testpb.SimpleRequest{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
