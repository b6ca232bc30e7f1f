package als

import (
	"context"

	"github.com/seed-1938943e/goroutine/internal/lease"
)

type contextKey struct{}

// NewContext returns a child of ctx that carries the caller's execution context
// through code that passes a context.Context. [FromContext] returns it there. It costs
// a [Snapshot] and a context.WithValue.
//
// It panics if ctx is nil.
func NewContext(ctx context.Context) context.Context {
	if ctx == nil {
		panic("als: NewContext: ctx is nil")
	}
	return context.WithValue(ctx, contextKey{}, Snapshot())
}

// FromContext returns the execution context of the innermost [NewContext] in ctx, and
// false if there is none. It does not change the caller's stores; use
// [ExecutionContext.Run]. It costs one ctx.Value.
//
// It panics if ctx is nil.
func FromContext(ctx context.Context) (ExecutionContext, bool) {
	if ctx == nil {
		panic("als: FromContext: ctx is nil")
	}
	c, ok := ctx.Value(contextKey{}).(ExecutionContext)
	return c, ok
}

// ambient is the storage behind RunContext. Its store is captured and inherited like that
// of any other storage.
var ambient = New(Options[context.Context]{Name: "context.Context", Default: context.Background()})

func init() { lease.Ambient = ambient.Get }

// RunContext calls fn with ctx as the ambient context.Context: [Context] returns it in
// fn and in the goroutines that fn starts. It is for code that needs a context to pass
// on but has no parameter for one. Where there is a parameter, use that. It costs what
// [Storage.Run] costs.
//
// It panics if ctx or fn is nil.
//
//go:noinline
func RunContext(ctx context.Context, fn func()) {
	if ctx == nil {
		panic("als: RunContext: ctx is nil")
	}
	if fn == nil {
		panic("als: RunContext: fn is nil")
	}
	// noinline because, inlined into a package without an instance of Run, fn would seem to
	// escape, and each call would allocate its closure.
	ambient.Run(ctx, fn)
}

// WithContext makes ctx the ambient context.Context until the returned Scope ends. It
// is [RunContext] without a function:
//
//	defer als.WithContext(ctx).End()
//
// It costs what [Storage.WithScope] costs, and its scope ends as those do.
//
// It panics if ctx is nil.
func WithContext(ctx context.Context) Scope[context.Context] {
	if ctx == nil {
		panic("als: WithContext: ctx is nil")
	}
	return ambient.WithScope(ctx)
}

// Context returns the ambient context.Context: that of the innermost [RunContext],
// [WithContext] or [LeaseContext], or of the request that a Handler of package alshttp
// serves, until that ends. Where there is none it returns [context.Background]. It
// costs little more than a read of a store and allocates nothing.
func Context() context.Context { return lease.Of(ambient.Get()) }
