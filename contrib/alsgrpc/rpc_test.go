package alsgrpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
)

// service calls functions of the test for each RPC.
type service struct {
	testpb.UnimplementedTestServiceServer
	unary  func(ctx context.Context, req *testpb.SimpleRequest) (string, error)
	stream func(stream testpb.TestService_FullDuplexCallServer) error
}

func (s *service) UnaryCall(ctx context.Context, req *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	answer, err := s.unary(ctx, req)
	return &testpb.SimpleResponse{Username: answer}, err
}

func (s *service) FullDuplexCall(stream testpb.TestService_FullDuplexCallServer) error {
	return s.stream(stream)
}

// serve starts a real server on loopback and returns its address.
func serve(t testing.TB, s *service, opts ...grpc.ServerOption) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(opts...)
	testpb.RegisterTestServiceServer(server, s)
	ended := make(chan error)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		assert.NoError(t, <-ended)
	})
	return l.Addr().String()
}

func dial(t testing.TB, addr string, opts ...grpc.DialOption) testpb.TestServiceClient {
	conn, err := grpc.NewClient(addr, append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return testpb.NewTestServiceClient(conn)
}

func server(opts ...alsgrpc.Option) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.UnaryInterceptor(alsgrpc.UnaryServerInterceptor(opts...)),
		grpc.StreamInterceptor(alsgrpc.StreamServerInterceptor(opts...)),
	}
}

func client(opts ...alsgrpc.Option) []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithUnaryInterceptor(alsgrpc.UnaryClientInterceptor(opts...)),
		grpc.WithStreamInterceptor(alsgrpc.StreamClientInterceptor(opts...)),
	}
}

// stores are the storages of one test, so that tests cannot disturb each other.
type stores struct {
	id, tenant als.Storage[string]
	fields     *alsfield.Set
}

func newStores() *stores {
	s := new(stores)
	s.fields = alsfield.NewSet(
		alsfield.String("X-Request-Id", &s.id, alsfield.FromStrangers()),
		alsfield.String("X-Tenant", &s.tenant))
	return s
}

func (s *stores) run(id, tenant string, fn func()) {
	s.id.Run(id, func() { s.tenant.Run(tenant, fn) })
}

func everyone(context.Context) bool { return true }

func TestStoresTravelWithAUnaryRPC(t *testing.T) {
	s := newStores()
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) {
		return s.id.Get() + " of " + s.tenant.Get(), nil
	}
	trusting := dial(t, serve(t, &service{unary: answer}, server(alsgrpc.Fields(s.fields), alsgrpc.Trust(everyone))...), client(alsgrpc.Fields(s.fields))...)
	strict := dial(t, serve(t, &service{unary: answer}, server(alsgrpc.Fields(s.fields))...), client(alsgrpc.Fields(s.fields))...)
	s.run("r-1", "acme", func() {
		got, err := trusting.UnaryCall(context.Background(), &testpb.SimpleRequest{})
		require.NoError(t, err)
		assert.Equal(t, "r-1 of acme", got.Username)
		got, err = strict.UnaryCall(context.Background(), &testpb.SimpleRequest{})
		require.NoError(t, err)
		assert.Equal(t, "r-1 of ", got.Username, "a tenant is not what a stranger claims")
	})
	assert.Equal(t, alsfield.Drops{Stranger: 1}, s.fields.Drops("X-Tenant"))

	got, err := trusting.UnaryCall(context.Background(), &testpb.SimpleRequest{})
	require.NoError(t, err)
	assert.Equal(t, " of ", got.Username, "nothing is left of the RPC before")
}

func TestStoresTravelWithAStream(t *testing.T) {
	s := newStores()
	echo := func(stream testpb.TestService_FullDuplexCallServer) error {
		assert.Same(t, stream.Context(), als.Context())
		for {
			in, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			body := fmt.Sprintf("%s: %s", s.id.Get(), in.Payload.GetBody())
			if err := stream.Send(&testpb.StreamingOutputCallResponse{Payload: &testpb.Payload{Body: []byte(body)}}); err != nil {
				return err
			}
		}
	}
	c := dial(t, serve(t, &service{stream: echo}, server(alsgrpc.Fields(s.fields))...), client(alsgrpc.Fields(s.fields))...)
	var stream testpb.TestService_FullDuplexCallClient
	s.id.Run("r-2", func() {
		var err error
		stream, err = c.FullDuplexCall(context.Background())
		require.NoError(t, err)
	})
	for _, word := range []string{"a", "b"} { // the caller's Run has ended, the stream's context has not
		require.NoError(t, stream.Send(&testpb.StreamingOutputCallRequest{Payload: &testpb.Payload{Body: []byte(word)}}))
		out, err := stream.Recv()
		require.NoError(t, err)
		assert.Equal(t, "r-2: "+word, string(out.Payload.Body))
	}
	require.NoError(t, stream.CloseSend())
	_, err := stream.Recv()
	assert.ErrorIs(t, err, io.EOF)
}

// Stream workers serve one RPC after another. The control shows that without the
// interceptors an RPC sees a store that an earlier one left behind.
func TestWorkersStartEachRPCWithoutStores(t *testing.T) {
	const rpcs = 400
	for name, intercepted := range map[string]bool{"with": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			var left als.Storage[string]
			var foreign atomic.Int64
			answer := func(_ context.Context, req *testpb.SimpleRequest) (string, error) {
				if _, ok := left.GetStore(); ok {
					foreign.Add(1)
				}
				left.EnterWith("left behind")
				return "", nil
			}
			opts := []grpc.ServerOption{grpc.NumStreamWorkers(2)}
			if intercepted {
				opts = append(opts, server()...)
			}
			c := dial(t, serve(t, &service{unary: answer}, opts...))
			for range rpcs {
				_, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
				require.NoError(t, err)
			}
			if intercepted {
				assert.Zero(t, foreign.Load())
			} else {
				assert.NotZero(t, foreign.Load(), "the control: workers are used again")
			}
		})
	}
}

// A goroutine that an RPC starts and leaves behind has the RPC's stores, but not its
// context.
func TestTheContextEndsWithTheRPC(t *testing.T) {
	s := newStores()
	ended, seen := make(chan struct{}), make(chan context.Context)
	answer := func(ctx context.Context, _ *testpb.SimpleRequest) (string, error) {
		assert.Same(t, ctx, als.Context())
		als.Go(func() {
			<-ended
			seen <- als.Context()
		})
		return s.id.Get(), nil
	}
	c := dial(t, serve(t, &service{unary: answer}, server(alsgrpc.Fields(s.fields))...), client(alsgrpc.Fields(s.fields))...)
	s.id.Run("r-3", func() {
		_, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
		require.NoError(t, err)
	})
	close(ended)
	assert.Equal(t, context.Background(), <-seen)
}

func TestHostileMetadata(t *testing.T) {
	s := newStores()
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) { return s.id.Get(), nil }
	c := dial(t, serve(t, &service{unary: answer}, server(alsgrpc.Fields(s.fields))...))
	for _, md := range []metadata.MD{
		metadata.Pairs("x-request-id", "a", "x-request-id", "b"),
		metadata.Pairs("x-request-id", strings.Repeat("x", 5000)),
		metadata.Pairs("x-tenant", "acme"),
	} {
		got, err := c.UnaryCall(metadata.NewOutgoingContext(context.Background(), md), &testpb.SimpleRequest{})
		require.NoError(t, err)
		assert.Empty(t, got.Username)
	}
	assert.Equal(t, alsfield.Drops{Repeated: 1, Oversized: 1}, s.fields.Drops("x-request-id"))
	assert.Equal(t, alsfield.Drops{Stranger: 1}, s.fields.Drops("x-tenant"))
}

func TestMetadataOfTheCallerStays(t *testing.T) {
	s := newStores()
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) { return s.id.Get(), nil }
	c := dial(t, serve(t, &service{unary: answer}, server(alsgrpc.Fields(s.fields))...), client(alsgrpc.Fields(s.fields))...)
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-request-id", "explicit", "other", "kept")
	s.id.Run("ambient", func() {
		got, err := c.UnaryCall(ctx, &testpb.SimpleRequest{})
		require.NoError(t, err)
		assert.Equal(t, "explicit", got.Username)
	})
	md, _ := metadata.FromOutgoingContext(ctx)
	assert.Len(t, md, 2, "the caller's context is not written to")
}

func TestStoresMadeFromTheContext(t *testing.T) {
	s := newStores()
	var from, both als.Storage[string]
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) {
		_, none := from.GetStore()
		return fmt.Sprint(both.Get(), " ", none), nil
	}
	c := dial(t, serve(t, &service{unary: answer}, server(
		alsgrpc.Fields(s.fields),
		alsgrpc.With(&from, func(context.Context) (string, bool) { return "x", false }),
		alsgrpc.With(&both, func(ctx context.Context) (string, bool) {
			p, ok := peer.FromContext(ctx)
			return s.id.Get() + " from " + strings.Split(p.Addr.String(), ":")[0], ok
		}))...), client(alsgrpc.Fields(s.fields))...)
	s.id.Run("r-4", func() {
		got, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
		require.NoError(t, err)
		assert.Equal(t, "r-4 from 127.0.0.1 false", got.Username)
	})
}

func TestDeadlinesOfTheAmbientContextApply(t *testing.T) {
	canceled := make(chan error, 1<<10)
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) {
		<-als.Context().Done()
		canceled <- als.Context().Err()
		return "", status.FromContextError(als.Context().Err()).Err()
	}
	c := dial(t, serve(t, &service{unary: answer}, server()...), client(alsgrpc.AmbientContext())...)
	called := func(timeout time.Duration) bool { // the client may give up before the server has the call
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		als.RunContext(ctx, func() {
			_, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
			assert.Equal(t, codes.DeadlineExceeded, status.Code(err))
		})
		select {
		case err := <-canceled:
			assert.Error(t, err)
			return true
		case <-time.After(timeout):
			return false
		}
	}
	for timeout := 20 * time.Millisecond; !called(timeout); timeout *= 2 {
		require.Less(t, timeout, time.Minute, "the server gets no call, or does not see its deadline")
	}

	explicit, stop := context.WithCancel(context.Background())
	stop()
	als.RunContext(context.Background(), func() {
		_, err := c.UnaryCall(explicit, &testpb.SimpleRequest{})
		assert.Equal(t, codes.Canceled, status.Code(err), "an explicit context wins")
	})
}

func TestPanicsAndErrorsPass(t *testing.T) {
	s := newStores()
	seen := make(chan any, 2)
	recovering := func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
		defer func() {
			if p := recover(); p != nil {
				_, left := s.id.GetStore()
				seen <- fmt.Sprint(p, left)
				err = status.Error(codes.Internal, "panicked")
			}
		}()
		return handler(ctx, req)
	}
	answer := func(_ context.Context, req *testpb.SimpleRequest) (string, error) {
		if req.FillUsername {
			panic("mine")
		}
		return "", status.Error(codes.NotFound, "no such thing")
	}
	c := dial(t, serve(t, &service{unary: answer},
		grpc.ChainUnaryInterceptor(recovering, alsgrpc.UnaryServerInterceptor(alsgrpc.Fields(s.fields)))), client(alsgrpc.Fields(s.fields))...)
	s.id.Run("r-5", func() {
		_, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{FillUsername: true})
		assert.Equal(t, codes.Internal, status.Code(err))
		assert.Equal(t, "minefalse", <-seen)
		_, err = c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
		assert.Equal(t, codes.NotFound, status.Code(err))
	})
}

// 64 clients at once, unary and streams, on a server with stream workers: each answer
// must have the ID of its request.
func TestManyRPCsAtOnce(t *testing.T) {
	s := newStores()
	answer := func(context.Context, *testpb.SimpleRequest) (string, error) {
		got := make(chan string)
		als.Go(func() { got <- s.id.Get() })
		return <-got, nil
	}
	stream := func(stream testpb.TestService_FullDuplexCallServer) error {
		return stream.Send(&testpb.StreamingOutputCallResponse{Payload: &testpb.Payload{Body: []byte(s.id.Get())}})
	}
	opts := append(server(alsgrpc.Fields(s.fields)), grpc.NumStreamWorkers(4))
	c := dial(t, serve(t, &service{unary: answer, stream: stream}, opts...), client(alsgrpc.Fields(s.fields))...)
	clients, each := 64, 30
	if testing.Short() {
		each = 5
	}
	var all sync.WaitGroup
	for n := range clients {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range each {
				id := fmt.Sprintf("c%d-%d", n, i)
				s.id.Run(id, func() {
					got, err := c.UnaryCall(context.Background(), &testpb.SimpleRequest{})
					if assert.NoError(t, err) {
						assert.Equal(t, id, got.Username)
					}
					stream, err := c.FullDuplexCall(context.Background())
					if assert.NoError(t, err) {
						out, err := stream.Recv()
						if assert.NoError(t, err) {
							assert.Equal(t, id, string(out.Payload.Body))
						}
						_, err = stream.Recv()
						assert.ErrorIs(t, err, io.EOF)
					}
				})
			}
		}()
	}
	all.Wait()
}

func TestMisuse(t *testing.T) {
	var s als.Storage[string]
	from := func(context.Context) (string, bool) { return "", true }
	for message, call := range map[string]func(){
		"alsgrpc: UnaryServerInterceptor: an option is nil":  func() { alsgrpc.UnaryServerInterceptor(nil) },
		"alsgrpc: StreamServerInterceptor: an option is nil": func() { alsgrpc.StreamServerInterceptor(nil) },
		"alsgrpc: UnaryClientInterceptor: an option is nil":  func() { alsgrpc.UnaryClientInterceptor(nil) },
		"alsgrpc: StreamClientInterceptor: an option is nil": func() { alsgrpc.StreamClientInterceptor(nil) },
		"alsgrpc: Fields: set is nil":                        func() { alsgrpc.Fields(nil) },
		"alsgrpc: Trust: trusted is nil":                     func() { alsgrpc.Trust(nil) },
		"alsgrpc: With: s is nil":                            func() { alsgrpc.With(nil, from) },
		"alsgrpc: With: from is nil":                         func() { alsgrpc.With(&s, nil) },
		"alsgrpc: ServerStatsHandler: next is nil":           func() { alsgrpc.ServerStatsHandler(nil) },
		"alsgrpc: ClientStatsHandler: next is nil":           func() { alsgrpc.ClientStatsHandler(nil) },
	} {
		assert.PanicsWithValue(t, message, call)
	}
}
