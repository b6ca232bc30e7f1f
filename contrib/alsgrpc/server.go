package alsgrpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
)

// UnaryServerInterceptor runs each unary RPC without the goroutine's stores, with
// those of the options, and with its context as the ambient one. It panics if an
// option is nil.
func UnaryServerInterceptor(opts ...Option) grpc.UnaryServerInterceptor {
	c := configured("UnaryServerInterceptor", opts)
	return func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
		c.serve(ctx, func() { resp, err = handler(ctx, req) })
		return resp, err
	}
}

// StreamServerInterceptor is [UnaryServerInterceptor] for streams. It panics if an
// option is nil.
func StreamServerInterceptor(opts ...Option) grpc.StreamServerInterceptor {
	c := configured("StreamServerInterceptor", opts)
	return func(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
		c.serve(stream.Context(), func() { err = handler(srv, stream) })
		return err
	}
}

// serve runs fn as the handler of the RPC with the given context.
func (c *config) serve(ctx context.Context, fn func()) {
	als.ExecutionContext{}.Run(func() {
		defer als.LeaseContext(ctx).End()
		c.enter(ctx, c.received(ctx), fn)
	})
}

// received reads the fields from the RPC's metadata, unless a stats handler with the
// same sets has read them already: a dropped value counts once.
func (c *config) received(ctx context.Context) []alsfield.Received {
	if len(c.sets) == 0 {
		return nil
	}
	md, _ := metadata.FromIncomingContext(ctx)
	from := alsfield.Sender(c.trusts(ctx))
	all := make([]alsfield.Received, len(c.sets))
	for i, set := range c.sets {
		if r, ok := ctx.Value(receivedKey{set}).(alsfield.Received); ok {
			all[i] = r
			continue
		}
		all[i] = set.Receive(incoming(md), from)
	}
	return all
}

// receivedKey is the context key under which a stats handler leaves a set's fields.
type receivedKey struct{ set *alsfield.Set }

// enter runs fn with the received stores, and then with those made from the context.
func (c *config) enter(ctx context.Context, received []alsfield.Received, fn func()) {
	if len(received) > 0 {
		received[0].Run(func() { c.enter(ctx, received[1:], fn) })
		return
	}
	enterMade(c.makes, ctx, fn)
}

func enterMade(makes []func(context.Context) (func(func()), bool), ctx context.Context, fn func()) {
	for i, storeFrom := range makes {
		if enter, ok := storeFrom(ctx); ok {
			enter(func() { enterMade(makes[i+1:], ctx, fn) })
			return
		}
	}
	fn()
}
