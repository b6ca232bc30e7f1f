package inherit_test

import (
	"context"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/ratio"
)

type user struct{ name string }

type ctxKey struct{}

var (
	alice     = &user{"alice"}
	userStore als.Storage[*user]
	sinkUser  *user
	sinkCtx   context.Context
)

func nothing() {}

//go:noinline
func fromContext(ctx context.Context) *user {
	u, _ := ctx.Value(ctxKey{}).(*user)
	return u
}

func withValue(n int) {
	ctx := context.Background()
	for range n {
		sinkCtx = context.WithValue(ctx, ctxKey{}, alice)
		nothing()
	}
}

// BenchmarkRatio measures what package als costs with inheritance: beside
// context.Context, and a plain go statement in a goroutine with a store beside one
// in a goroutine that has never used als.
//
//	go test -run '^$' -bench Ratio -benchtime 1x ./als/inherit
func BenchmarkRatio(b *testing.B) {
	inRun := func(f func(n int)) func(n int) {
		return func(n int) { userStore.Run(alice, func() { f(n) }) }
	}
	inChild := func(f func(n int)) func(n int) {
		return inRun(func(n int) {
			done := make(chan struct{})
			go func() { defer close(done); f(n) }()
			<-done
		})
	}
	run := func(n int) {
		for range n {
			userStore.Run(alice, nothing)
		}
	}
	get := func(n int) {
		for range n {
			sinkUser = userStore.Get()
		}
	}
	ctxGet := func(n int) {
		ctx := context.WithValue(context.Background(), ctxKey{}, alice)
		for range n {
			sinkUser = fromContext(ctx)
		}
	}
	spawn := func(n int) {
		done := make(chan struct{})
		f := func() { done <- struct{}{} }
		for range n {
			go f()
			<-done
		}
	}
	onNew := func(f func(n int)) func(n int) {
		return func(n int) {
			done := make(chan struct{})
			go func() { defer close(done); f(n) }()
			<-done
		}
	}
	bound := als.Bind(nothing)
	for _, m := range []struct {
		name         string
		us, baseline func(n int)
	}{
		{"run/store=pointer,nested", inRun(run), withValue},
		{"run/store=pointer,first", onNew(run), withValue},
		{"get/in=Run", inRun(get), ctxGet},
		{"get/in=child", inChild(get), ctxGet},
		{"go/stores=1,child=idle", inRun(spawn), onNew(spawn)},
		{"go/stores=1,child=reads", inRun(func(n int) {
			done := make(chan struct{})
			f := func() { sinkUser = userStore.Get(); done <- struct{}{} }
			for range n {
				go f()
				<-done
			}
		}), func(n int) {
			ctx := context.WithValue(context.Background(), ctxKey{}, alice)
			done := make(chan struct{})
			for range n {
				go func() { sinkUser = fromContext(ctx); done <- struct{}{} }()
				<-done
			}
		}},
		{"bound/in=Run", inRun(func(n int) {
			for range n {
				bound()
			}
		}), withValue},
	} {
		b.Run("measure="+m.name, func(b *testing.B) { ratio.Report(b, m.us, m.baseline) })
	}
}
