package alsgrpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/metadata"

	"github.com/seed-1938943e/goroutine/als"
)

// NewClient is grpc.NewClient without the caller's stores. Otherwise, with package
// als/inherit, the goroutines of the client would keep the stores of the request that
// makes it, for as long as the client lives; see docs/inherit.md.
func NewClient(target string, opts ...grpc.DialOption) (cc *grpc.ClientConn, err error) {
	als.ExecutionContext{}.Run(func() { cc, err = grpc.NewClient(target, opts...) })
	return cc, err
}

// UnaryClientInterceptor writes the caller's stores to the metadata of each unary RPC.
// It panics if an option is nil.
func UnaryClientInterceptor(opts ...Option) grpc.UnaryClientInterceptor {
	c := configured("UnaryClientInterceptor", opts)
	return func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, callOpts ...grpc.CallOption) error {
		connect(cc)
		return invoke(c.send(ctx), method, req, reply, cc, callOpts...)
	}
}

// StreamClientInterceptor is [UnaryClientInterceptor] for streams. It panics if an
// option is nil.
func StreamClientInterceptor(opts ...Option) grpc.StreamClientInterceptor {
	c := configured("StreamClientInterceptor", opts)
	return func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, stream grpc.Streamer, callOpts ...grpc.CallOption) (grpc.ClientStream, error) {
		connect(cc)
		return stream(c.send(ctx), desc, cc, method, callOpts...)
	}
}

// connect connects an idle connection without the caller's stores: with package
// als/inherit the connection's goroutines would keep them.
func connect(cc *grpc.ClientConn) {
	if cc.GetState() == connectivity.Idle {
		als.ExecutionContext{}.Run(cc.Connect)
	}
}

// send returns ctx with the caller's stores in its outgoing metadata.
func (c *config) send(ctx context.Context) context.Context {
	if c.ambient && ctx == context.Background() {
		ctx = als.Context()
	}
	if len(c.sets) == 0 {
		return ctx
	}
	md, ok := metadata.FromOutgoingContext(ctx) // a copy
	if !ok {
		md = metadata.MD{}
	}
	for _, set := range c.sets {
		set.Inject(outgoing(md))
	}
	if len(md) == 0 {
		return ctx
	}
	return metadata.NewOutgoingContext(ctx, md)
}
