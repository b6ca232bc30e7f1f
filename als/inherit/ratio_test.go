package inherit_test

import (
	"context"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/ratio"
	"github.com/seed-1938943e/goroutine/internal/testkit"
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

// beside calls f while n other storages are set.
func beside(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	new(als.Storage[int]).Run(n, func() { beside(n-1, f) })
}

var secret = als.New(als.Options[*user]{RevokeOnEnd: true})

// BenchmarkRatio measures package als with inheritance. The baseline is context.Context
// or, where the name says so, four storages instead of a hundred, or als.Go. For a plain
// go statement it is one in a goroutine that has never used als. Unless the name says
// otherwise four storages are set, as in a request.
//
//	go test -run '^$' -bench Ratio -benchtime 1x ./als/inherit
func BenchmarkRatio(b *testing.B) {
	within := func(storages int, f func(n int)) func(n int) {
		return func(n int) { beside(storages-1, func() { userStore.Run(alice, func() { f(n) }) }) }
	}
	inRun := func(f func(n int)) func(n int) { return within(4, f) }
	onNew := func(f func(n int)) func(n int) {
		return func(n int) { testkit.InGoroutine(func() { f(n) }) }
	}
	inChild := func(f func(n int)) func(n int) { return inRun(onNew(f)) }
	run := func(n int) {
		for range n {
			userStore.Run(alice, nothing)
		}
	}
	runSecret := func(n int) {
		for range n {
			secret.Run(alice, nothing)
		}
	}
	scope := func(n int) {
		for range n {
			scoped()
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
	spawn := func(start func(f func())) func(n int) {
		return func(n int) {
			done := make(chan struct{})
			f := func() { done <- struct{}{} }
			for range n {
				start(f)
				<-done
			}
		}
	}
	spawnReader := func(start func(f func())) func(n int) {
		return func(n int) {
			done := make(chan struct{})
			f := func() { sinkUser = userStore.Get(); done <- struct{}{} }
			for range n {
				start(f)
				<-done
			}
		}
	}
	// The stores change before each goroutine, so none of them can reuse the work of the
	// one before.
	spawnAfterRun := func(start func(f func())) func(n int) {
		return func(n int) {
			done := make(chan struct{})
			f := func() { sinkUser = userStore.Get(); done <- struct{}{} }
			for range n {
				userStore.Run(alice, func() { start(f); <-done })
			}
		}
	}
	plainly := func(f func()) { go f() }
	var bound func()
	within(4, func(int) { bound = als.Bind(nothing) })(1)
	call := func(n int) {
		for range n {
			bound()
		}
	}
	for _, m := range []struct {
		name         string
		us, baseline func(n int)
	}{
		{"get/in=Run", inRun(get), ctxGet},
		{"get/in=child", inChild(get), ctxGet},
		{"run/store=pointer,nested", inRun(run), withValue},
		{"run/store=pointer,first", onNew(run), withValue},
		{"run/storages=100,beside=4", within(100, run), within(4, run)},
		{"scope/store=pointer", inRun(scope), withValue},
		{"run/store=revocable", inRun(runSecret), withValue},
		{"bound/in=Run", inRun(call), withValue},
		{"bound/in=none", onNew(call), withValue},
		{"go/stores=4,child=idle", inRun(spawn(plainly)), onNew(spawn(plainly))},
		{"go/stores=4,child=reads", inRun(spawnReader(plainly)), func(n int) {
			ctx := context.WithValue(context.Background(), ctxKey{}, alice)
			done := make(chan struct{})
			for range n {
				go func() { sinkUser = fromContext(ctx); done <- struct{}{} }()
				<-done
			}
		}},
		{"go/stores=100,child=reads,beside=als.Go", within(100, spawnReader(plainly)), within(100, spawnReader(als.Go))},
		{"go/stores=100,child=reads,after=Run,beside=als.Go", within(100, spawnAfterRun(plainly)), within(100, spawnAfterRun(als.Go))},
	} {
		b.Run("measure="+m.name, func(b *testing.B) { ratio.Report(b, m.us, m.baseline) })
	}
}

func scoped() { defer userStore.WithScope(alice).End() }
