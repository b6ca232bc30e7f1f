package als_test

import (
	"context"
	"sync"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

type leaseKey struct{}

func contextOf(name string) context.Context {
	return context.WithValue(context.Background(), leaseKey{}, name)
}

// ambientName returns the name of the ambient context, nil for context.Background.
func ambientName() any {
	if als.Context() == context.Background() {
		return nil
	}
	return als.Context().Value(leaseKey{})
}

// elsewhere runs fn on another goroutine, without the caller's stores.
func elsewhere(fn func()) {
	testkit.Through(func(f func()) { go als.ExecutionContext{}.Run(f) }, fn)
}

func TestALeaseEndsInEveryCaptureOfIt(t *testing.T) {
	ctx := contextOf("leased")
	l := als.LeaseContext(ctx)
	assert.True(t, als.Context() == ctx, "the context itself")
	snapshot, seen, proceed := als.Snapshot(), make(chan any), make(chan struct{})
	bound := als.Bind(ambientName)
	als.Go(func() {
		seen <- ambientName()
		<-proceed
		seen <- ambientName()
	})
	assert.Equal(t, "leased", <-seen)
	l.End()
	close(proceed)
	assert.Nil(t, <-seen)
	assert.Nil(t, ambientName())
	assert.Nil(t, bound())
	snapshot.Run(func() { assert.Nil(t, ambientName()) })
	l.End()
	als.ContextLease{}.End()
}

func TestLeasesEndOnAnyGoroutineInAnyOrder(t *testing.T) {
	for name, where := range map[string]func(fn func()){"here": func(fn func()) { fn() }, "elsewhere": elsewhere} {
		t.Run(name, func(t *testing.T) {
			als.RunContext(contextOf("outer"), func() {
				a, b := als.LeaseContext(contextOf("a")), als.LeaseContext(contextOf("b"))
				captured := als.Snapshot()
				where(a.End)
				assert.Equal(t, "b", ambientName())
				where(b.End)
				assert.Equal(t, "outer", ambientName())
				captured.Run(func() { assert.Equal(t, "outer", ambientName()) })

				c := als.LeaseContext(contextOf("c"))
				als.RunContext(contextOf("inner"), func() {
					where(c.End)
					assert.Equal(t, "inner", ambientName(), "the RunContext is still the innermost")
				})
				assert.Equal(t, "outer", ambientName())
				c.End() // a second time, now on the opener
				assert.Equal(t, "outer", ambientName())
			})
			assert.Nil(t, ambientName())
		})
	}
}

func TestALeaseInACapturedContext(t *testing.T) {
	outer := als.LeaseContext(contextOf("outer"))
	captured := als.Snapshot()
	captured.Run(func() {
		elsewhere(outer.End)
		inner := als.LeaseContext(contextOf("inner"))
		assert.Equal(t, "inner", ambientName())
		inner.End()
		assert.Nil(t, ambientName())
	})
	outer.End()
	assert.Nil(t, ambientName())
}

// A loop whose leases end elsewhere collects neither scopes nor contexts.
func TestLeasesThatEndElsewhereInALoop(t *testing.T) {
	type data struct{ bytes [1 << 10]byte }
	var contexts []weak.Pointer[data]
	for range 100 {
		d := new(data)
		contexts = append(contexts, weak.Make(d))
		l := als.LeaseContext(context.WithValue(context.Background(), leaseKey{}, d))
		elsewhere(l.End)
	}
	testkit.EventuallyCollected(t, "all contexts but one are garbage", func() bool {
		kept := 0
		for _, c := range contexts {
			if c.Value() != nil {
				kept++
			}
		}
		return kept <= 1
	})
	assert.Nil(t, ambientName())
	als.LeaseContext(contextOf("last")).End()
	assert.True(t, als.Snapshot().IsZero(), "no scope is open")
}

func TestLeasesOfManyGoroutines(t *testing.T) {
	var all sync.WaitGroup
	for g := range 8 {
		all.Add(1)
		als.Go(func() {
			defer all.Done()
			for range 200 {
				l := als.LeaseContext(contextOf("x"))
				reads := make(chan any, 1)
				als.Go(func() { reads <- ambientName() })
				if g%2 == 0 {
					l.End()
				} else {
					elsewhere(l.End)
				}
				if got := <-reads; got != "x" && got != nil {
					t.Errorf("the child reads %v, not \"x\" or nil", got)
				}
				if got := ambientName(); got != nil {
					t.Errorf("after the end of the lease: %v", got)
				}
			}
		})
	}
	all.Wait()
}

func TestLeaseOfANilContext(t *testing.T) {
	//lint:ignore SA1012 the test passes a nil ctx
	assert.PanicsWithValue(t, "als: LeaseContext: ctx is nil", func() { als.LeaseContext(nil) })
	assert.Nil(t, ambientName())
}
