package alslog

import (
	"context"
	"log/slog"

	"github.com/seed-1938943e/goroutine/als"
)

// An Option configures the handler that [New] returns. [Attr], [AttrFunc], [Ambient],
// [Level] and [Join] return one.
type Option interface {
	apply(c *config)
}

// A config has the options of a handler.
type config struct {
	ambient bool
	level   *als.Storage[slog.Level] // nil if the handler below decides
	attrs   []StoreAttr              // without those whose key WithAttrs has got
}

type optionFunc func(c *config)

func (f optionFunc) apply(c *config) { f(c) }

// Ambient passes the ambient context to the handlers below where the caller passed
// none: their Enabled and Handle get [als.Context] instead of a context that is nil,
// [context.Background] or [context.TODO]. Any other context is passed on unchanged.
//
// slog.Info and the other functions without a context pass context.Background. With
// Ambient, a handler that takes a trace ID from the context finds it in their records,
// too. A context.Background that the caller passed explicitly is replaced as well: the
// handler cannot tell it apart.
//
// It costs one read of a store for each record and each call of Enabled without a
// context.
func Ambient() Option { return optionFunc(func(c *config) { c.ambient = true }) }

// Level lets the current store of storage decide which records are logged: those of
// its level and above. Where there is no store, the handler below decides. So a single
// request can be logged at debug level in all its goroutines and libraries, and a noisy
// one at a higher level:
//
//	handler = alslog.New(handler, alslog.Level(&level))
//
//	level.Run(slog.LevelDebug, func() { serve(w, r) })
//
// The handler below must not filter a second time. One whose Handle calls the Enabled
// methods of others, as slog.MultiHandler does, belongs above.
//
// Level adds one read of a store to Enabled. Where there is a store, the call of the
// handler below is saved.
//
// For an alshttp.Store pass its Storage field. It panics if storage is nil.
func Level(storage *als.Storage[slog.Level]) Option {
	if storage == nil {
		panic("alslog: Level: storage is nil")
	}
	return optionFunc(func(c *config) {
		if c.level != nil {
			panic("alslog: New: more than one Level")
		}
		c.level = storage
	})
}

// Join returns the options as one. It is for packages that offer several attributes
// together.
//
// It panics if an option is nil.
func Join(opts ...Option) Option {
	checkOptions("Join", opts)
	return optionFunc(func(c *config) { c.applyAll(opts) })
}

func (c *config) applyAll(opts []Option) {
	for _, o := range opts {
		o.apply(c)
	}
}

func checkOptions(caller string, opts []Option) {
	for _, o := range opts {
		if o == nil {
			panic("alslog: " + caller + ": an option is nil")
		}
	}
}

// contextFor returns the context for the handler below.
func (c *config) contextFor(ctx context.Context) context.Context {
	if c.ambient && (ctx == nil || ctx == context.Background() || ctx == context.TODO()) {
		return als.Context()
	}
	return ctx
}
