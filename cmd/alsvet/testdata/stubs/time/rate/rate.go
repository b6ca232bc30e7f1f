// Package rate has the shape of the real one.
package rate

import "context"

type Limiter struct{ wait func(context.Context) error }

func (l *Limiter) Wait(ctx context.Context) error { return l.wait(ctx) }

func (l *Limiter) WaitN(ctx context.Context, n int) error { return l.wait(ctx) }
