package als_test

import (
	"context"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromContextReturnsWhatNewContextCaptured(t *testing.T) {
	var s als.Storage[string]
	var ctx context.Context
	s.Run("captured", func() {
		ctx = als.NewContext(context.Background())
		s.EnterWith("later")
	})
	check := func(ctx context.Context) {
		c, ok := als.FromContext(ctx)
		require.True(t, ok)
		wantNone(t, &s, "FromContext changed a store")
		c.Run(func() { wantStore(t, &s, "captured") })
		testkit.Through(c.Go, func() { wantStore(t, &s, "captured") })
	}
	check(ctx)
	testkit.InGoroutine(func() { check(ctx) })
	type key struct{}
	below, cancel := context.WithCancel(context.WithValue(ctx, key{}, "value"))
	cancel()
	check(below)
	check(context.WithoutCancel(below))
}

func TestNearestNewContextWins(t *testing.T) {
	var s als.Storage[int]
	ctx := context.Background()
	for i := range 3 {
		s.Run(i, func() { ctx = als.NewContext(ctx) })
		c, _ := als.FromContext(ctx)
		c.Run(func() { wantStore(t, &s, i) })
	}
}

func TestFromContextWithoutNewContextIsFalse(t *testing.T) {
	c, ok := als.FromContext(context.Background())
	assert.False(t, ok)
	assert.Equal(t, als.ExecutionContext{}, c)
}

func TestNewContextWithoutStoresIsFound(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		c, ok := als.FromContext(als.NewContext(context.Background()))
		assert.True(t, ok)
		s.Run(1, func() { c.Run(func() { wantNone(t, &s) }) })
	})
}

func TestNewContextIsAChild(t *testing.T) {
	type key struct{}
	parent, cancel := context.WithCancelCause(context.WithValue(context.Background(), key{}, "value"))
	ctx := als.NewContext(parent)
	assert.Equal(t, "value", ctx.Value(key{}))
	assert.NoError(t, ctx.Err())
	cancel(assert.AnError)
	assert.ErrorIs(t, context.Cause(ctx), assert.AnError)
}

func TestContextIsBackgroundWhereThereIsNone(t *testing.T) {
	assert.True(t, als.Context() == context.Background())
	testkit.InGoroutine(func() { assert.True(t, als.Context() == context.Background()) })
}

func TestContextIsThatOfTheInnermostRunContext(t *testing.T) {
	type key struct{}
	outer := context.WithValue(context.Background(), key{}, 1)
	inner := context.WithValue(outer, key{}, 2)
	als.RunContext(outer, func() {
		assert.True(t, als.Context() == outer)
		als.RunContext(inner, func() { assert.True(t, als.Context() == inner) })
		assert.True(t, als.Context() == outer)
		assert.Equal(t, "panic", testkit.Caught(func() { als.RunContext(inner, func() { panic("panic") }) }))
		assert.True(t, als.Context() == outer)
	})
	assert.True(t, als.Context() == context.Background())
}

func TestWithContextLastsUntilItsEnd(t *testing.T) {
	outer, inner := ambientOf(1), ambientOf(2)
	testkit.InGoroutine(func() {
		first := als.WithContext(outer)
		assert.True(t, als.Context() == outer)
		second := als.WithContext(inner)
		assert.True(t, als.Context() == inner)
		bound := als.Bind(als.Context)
		first.End() // in any order
		assert.True(t, als.Context() == inner)
		second.End()
		assert.True(t, als.Context() == context.Background())
		assert.True(t, bound() == inner)
		second.End()
		als.RunContext(outer, func() {
			als.WithContext(inner)
			assert.True(t, als.Context() == inner)
		})
		assert.True(t, als.Context() == context.Background(), "a scope ends with the RunContext around it")
	})
}

func TestAmbientContextFollowsLikeAnyStore(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(context.Background(), key{}, 1)
	is := func() bool { return als.Context() == ctx }
	als.RunContext(ctx, func() {
		testkit.Through(als.Go, func() { assert.True(t, is(), "Go") })
		testkit.Through(func(f func()) { als.AfterFunc(0, f) }, func() { assert.True(t, is(), "AfterFunc") })
		testkit.InGoroutine(func() { assert.Equal(t, inheriting, is(), "plain go") })
		bound, snapshot := als.Bind(is), als.Snapshot()
		als.ExecutionContext{}.Run(func() {
			assert.False(t, is(), "no stores")
			assert.True(t, bound(), "Bind")
			snapshot.Run(func() { assert.True(t, is(), "Snapshot") })
		})
		als.Exit(func() { assert.True(t, is(), "the default storage is another") })
		carried, _ := als.FromContext(als.NewContext(context.Background()))
		als.ExecutionContext{}.Run(func() { carried.Run(func() { assert.True(t, is(), "NewContext") }) })
	})
}

type nilContext struct{ context.Context }

// A typed nil is a context like any other: its methods need not use the receiver.
func TestTypedNilContextIsAContext(t *testing.T) {
	var ctx *nilContext
	als.RunContext(ctx, func() { assert.True(t, als.Context() == context.Context(ctx)) })
}
