// Package requestctx connects als.Context with als/alshttp, whose handlers put an
// ambient context in place that ends with its request. Package als cannot import
// alshttp, so each registers here what the other needs.
package requestctx

import (
	"context"
	"sync/atomic"
)

// Name is the name of the storage with the contexts of requests. Reports of lost
// stores show it; alstest leaves it out, because it keeps nothing alive.
const Name = "context.Context of the request"

// source is written by alshttp's init. It is atomic because a goroutine that an
// earlier init function has started may read it then.
var source atomic.Pointer[func() context.Context]

// From registers the function that returns the context of the request that the caller
// works for, or nil if there is none or it has ended.
func From(f func() context.Context) { source.Store(&f) }

// Current returns the context of the request that the caller works for, or
// context.Background if there is none or it has ended.
func Current() context.Context {
	if f := source.Load(); f != nil {
		if ctx := (*f)(); ctx != nil {
			return ctx
		}
	}
	return context.Background()
}

// Ambient is the storage behind als.RunContext. Its store hides the context of a
// request. Package als sets it when it is initialized, so before alshttp can read it.
var Ambient interface {
	GetStore() (context.Context, bool)
	Exit(fn func())
}
