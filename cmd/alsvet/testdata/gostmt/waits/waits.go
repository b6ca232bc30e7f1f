// Package waits starts goroutines that wait with values of other packages.
package waits

import (
	"context"

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
