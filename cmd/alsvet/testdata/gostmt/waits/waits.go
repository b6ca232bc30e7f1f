// Package waits starts goroutines that wait with values of other packages.
package waits

import (
	"context"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

type remote interface{ Save(context.Context, string) }

type outbox struct {
	limit  *rate.Limiter
	remote remote
}

// A limiter makes wait for a turn of its own.
func (o *outbox) send(ctx context.Context, letter string) {
	go func() { // want `the goroutine starts without the caller's stores: use als.Go$`
		if o.limit.Wait(ctx) == nil && o.limit.WaitN(ctx, 2) == nil {
			o.remote.Save(ctx, letter)
		}
	}()
}

// Others get what a call of a shared singleflight returns.
type cache struct {
	flights singleflight.Group
	remote  remote
}

func (c *cache) fetch(ctx context.Context, key string) {
	go func() { // want `use als.Go if it works only for this caller \(other callers that call c.flights.Do with its key get its result, too`
		c.flights.Do(key, func() (any, error) { c.remote.Save(ctx, key); return nil, nil })
	}()
	go func() { // want `the goroutine starts without the caller's stores: use als.Go$`
		var own singleflight.Group
		own.Do(key, func() (any, error) { c.remote.Save(ctx, key); return nil, nil })
	}()
}
