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

// A config is what the options of a handler say.
type config struct {
	ambient bool
	level   *als.Storage[slog.Level] // nil if the handler below decides
	attrs   []StoreAttr              // whose keys WithAttrs was not given
}

type optionFunc func(c *config)

func (f optionFunc) apply(c *config) { f(c) }

// Ambient passes the ambient context to the handlers below where the caller passed
// none: their Enabled and Handle get [als.Context] instead of a context that is nil,
// [context.Background] or [context.TODO]. Any other context is passed on unchanged.
//
// slog.Info and the other functions without a context pass context.Background. With
// Ambient a handler that takes a trace ID from the context finds it in their records,
// too. A record for which the caller passed context.Background explicitly looks the
// same and gets the ambient context as well.
//
// It costs one read of a store for each record and each call of Enabled without a
// context.
func Ambient() Option { return optionFunc(func(c *config) { c.ambient = true }) }

// Level lets the current store of storage decide which records are logged: those of
// its level and above. Where there is no store, the handler below decides. So one
// request, in all its goroutines and all libraries, can be logged at debug level while
// the others are not, and a noisy one at a higher level:
//
//	handler = alslog.New(handler, alslog.Level(&level))
//
//	level.Run(slog.LevelDebug, func() { serve(w, r) })
//
// The handler that is given to New must not filter a second time. One that calls the
// Enabled method of others in its Handle, as slog.MultiHandler does, belongs above.
//
// Enabled costs one read of a store more than it does without Level, and less where
// there is a store, since the handler below is not asked.
//
// Of an alshttp.Store it takes the Storage field. It panics if storage is nil.
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
