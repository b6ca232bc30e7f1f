// Package fixes hands functions to schedulers.
package fixes

import (
	"context"
	"net/http"
	"time"

	"github.com/panjf2000/ants/v2"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"golang.org/x/sync/errgroup"
)

var user als.Storage[string]

type cache struct {
	timer *time.Timer
	flush func()
}

type task func()

func (c *cache) expire() { user.Get() }
func work()              { user.Get() }
func fail() error        { user.Get(); return nil }
func each[T any]()       { user.Get() }

func timers(c *cache, d time.Duration) {
	time.AfterFunc(d, work)           // want `callback of time.AfterFunc runs without`
	c.timer = time.AfterFunc(d, work) // want `callback`
	t := time.AfterFunc(d, c.expire)  // want `callback`
	defer t.Stop()
	defer time.AfterFunc(d, work).Stop() // want `callback`
	u := time.AfterFunc(d, func() {      // want `callback`
		work()
	})
	u.Reset(d)
	_ = time.AfterFunc(d, task(work)) // want `callback`
}

func contexts(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, work) // want `callback`
	defer stop()
	time.AfterFunc(time.Second, cancel) // reads no store
}

func groups(g *errgroup.Group, pool *ants.Pool) {
	g.Go(fail)             // want `callback`
	g.TryGo(func() error { // want `callback`
		return fail()
	})
	pool.Submit(work)      // want `callback of \(\*github.com/panjf2000/ants/v2.Pool\).Submit`
	ants.Submit(each[int]) // want `callback`
	ants.Submit(func() {   // want `callback`
		ants.Submit(work) // want `callback`
	})
	submit(pool, work) // want `submit runs its argument on another goroutine`
}

func submit(pool *ants.Pool, f func()) {
	pool.Submit(f) // its callers bind
}

func reassigned(pool *ants.Pool) {
	f := als.Bind(work)
	f = work
	pool.Submit(f) // want `callback`
}

func bound(pool *ants.Pool, resource *hooks.AsyncResource, d time.Duration) {
	pool.Submit(als.Bind(work))
	pool.Submit(task(als.Bind(work)))
	pool.Submit(resource.Bind(work))
	f := als.Bind(work)
	pool.Submit(f)
	var g func()
	g = als.Bind(work)
	pool.Submit(g)
	h, _ := hooks.Bind(work, "task")
	pool.Submit(h)
	c := &cache{flush: als.Bind(work)}
	pool.Submit(c.flush)
	pool.Submit(func() {
		defer work()
		f()
	})
	snapshot := als.Snapshot()
	pool.Submit(func() { snapshot.Run(work) })
	pool.Submit(func() {
		defer user.WithScope("pool").End()
		work()
	})
	pool.Submit(nil)
	als.AfterFunc(d, work)
	pool.Submit(work) //alsvet:ignore callback: work reads no store
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {})
}
