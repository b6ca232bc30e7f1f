package alsgrpc_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/metadata"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
)

// FuzzMetadata checks for any metadata that the handler is called once, that its stores
// are within the limits of the fields, and that no store is left afterwards.
func FuzzMetadata(f *testing.F) {
	f.Add("x-request-id", "r-42", "x-tenant", "acme", true)
	f.Add("X-Request-ID", "a", "x-request-id", "b", false)
	f.Add("x-request-id", strings.Repeat("x", 5000), "x-tenant-bin", "\x00\xff", true)
	s := newStores()
	f.Fuzz(func(t *testing.T, key, value, other, text string, trusted bool) {
		in := metadata.Pairs(key, value, other, text)
		trust := alsgrpc.Trust(func(context.Context) bool { return trusted })
		serve := alsgrpc.UnaryServerInterceptor(alsgrpc.Fields(s.fields), trust)
		calls := 0
		_, err := serve(metadata.NewIncomingContext(context.Background(), in), nil, nil, func(context.Context, any) (any, error) {
			calls++
			if id, ok := s.id.GetStore(); ok {
				require.LessOrEqual(t, len(id), 256)
				require.Equal(t, []string{id}, in.Get("x-request-id"))
			}
			if tenant, ok := s.tenant.GetStore(); ok {
				require.True(t, trusted, "a stranger's")
				require.Equal(t, []string{tenant}, in.Get("x-tenant"))
			}
			return nil, nil
		})
		require.NoError(t, err)
		require.Equal(t, 1, calls)
		require.Equal(t, als.ExecutionContext{}, als.Snapshot())
	})
}
