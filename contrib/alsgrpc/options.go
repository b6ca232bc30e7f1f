package alsgrpc

import (
	"context"

	"google.golang.org/grpc/metadata"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
)

// An Option says which stores an interceptor reads or writes. Fields come first; options
// of one kind apply in their order.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

type config struct {
	sets    []*alsfield.Set
	trusts  func(ctx context.Context) bool
	makes   []func(ctx context.Context) (enter func(fn func()), ok bool)
	ambient bool
}

func configured(caller string, opts []Option) *config {
	c := &config{trusts: func(context.Context) bool { return false }}
	for _, o := range opts {
		if o == nil {
			panic("alsgrpc: " + caller + ": an option is nil")
		}
		o.apply(c)
	}
	return c
}

// Fields makes servers read the fields of a set from the metadata of each RPC, and
// clients write them there. It panics if set is nil.
func Fields(set *alsfield.Set) Option {
	if set == nil {
		panic("alsgrpc: Fields: set is nil")
	}
	return option(func(c *config) { c.sets = append(c.sets, set) })
}

// Trust makes servers call trusted with each RPC's context to learn whether the sender is
// trusted. Other senders may set only fields that are [alsfield.FromStrangers]. Without
// Trust no sender is trusted. trusted can identify the sender with peer.FromContext.
// Clients ignore Trust. It panics if trusted is nil.
func Trust(trusted func(ctx context.Context) bool) Option {
	if trusted == nil {
		panic("alsgrpc: Trust: trusted is nil")
	}
	return option(func(c *config) { c.trusts = trusted })
}

// With makes servers run each RPC with a store that from makes from its context, which
// has the incoming metadata and the peer. If from returns false there is no store. from
// sees the stores of all Fields and of the Withs before it. Clients ignore it. It panics
// if s or from is nil.
func With[T any](s *als.Storage[T], from func(ctx context.Context) (store T, ok bool)) Option {
	if s == nil {
		panic("alsgrpc: With: s is nil")
	}
	if from == nil {
		panic("alsgrpc: With: from is nil")
	}
	return option(func(c *config) {
		c.makes = append(c.makes, func(ctx context.Context) (func(func()), bool) {
			store, ok := from(ctx)
			if !ok {
				return nil, false
			}
			return func(fn func()) { s.Run(store, fn) }, true
		})
	})
}

// AmbientContext makes clients send an RPC whose context is context.Background with
// the ambient context ([als.Context]) instead, so that its deadline, cancellation and
// outgoing metadata apply. Any other context wins. Servers ignore it.
func AmbientContext() Option { return option(func(c *config) { c.ambient = true }) }

// incoming is the metadata of an RPC as a server receives it.
type incoming metadata.MD

func (md incoming) Get(name string) string {
	if values := md.Values(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

func (md incoming) Values(name string) []string { return metadata.MD(md).Get(name) }

// outgoing is the metadata of an RPC as a client sends it.
type outgoing metadata.MD

func (md outgoing) Get(name string) string        { return incoming(md).Get(name) }
func (md outgoing) Set(name string, value string) { metadata.MD(md).Set(name, value) }
