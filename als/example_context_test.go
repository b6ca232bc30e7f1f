package als_test

import (
	"context"
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

type keyOfName struct{}

func named(name string) context.Context {
	return context.WithValue(context.Background(), keyOfName{}, name)
}

// Which context does a function use, its parameter or the ambient one? The parameter,
// even if it is context.Background(). The ambient context is for functions without one.
func ExampleContext() {
	query := func(ctx context.Context) { fmt.Println(ctx.Value(keyOfName{})) }
	refresh := func() { query(als.Context()) }

	als.RunContext(named("ambient"), func() {
		refresh()
		query(named("explicit"))
		query(context.Background())
		als.RunContext(context.Background(), refresh) // none from here on
		refresh()
	})
	// Output:
	// ambient
	// explicit
	// <nil>
	// <nil>
	// ambient
}

// Does the ambient context follow into goroutines? Like every store, with its deadline
// and cancellation. Give another context to work that goes on for longer.
func ExampleContext_goroutine() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	als.RunContext(ctx, func() {
		cancel()
		als.Go(func() {
			fmt.Println(als.Context().Err())
			als.RunContext(context.WithoutCancel(als.Context()), func() { fmt.Println(als.Context().Err()) })
			close(done)
		})
	})
	<-done
	// Output:
	// context canceled
	// <nil>
}

// How do I make a context the ambient one for the rest of a function, without a
// closure? WithContext returns a scope.
func ExampleWithContext() {
	query := func() { fmt.Println(als.Context().Value(keyOfName{})) }
	handle := func(ctx context.Context) {
		defer als.WithContext(ctx).End()
		query()
	}

	handle(named("request"))
	query()
	// Output:
	// request
	// <nil>
}

// How do I get the result of a function that runs under an ambient context?
// RunContextFunc returns it, and RunContextFunc2 a result and an error.
func ExampleRunContextFunc2() {
	load := func() (any, error) { return als.Context().Value(keyOfName{}), als.Context().Err() }

	fmt.Println(als.RunContextFunc2(named("request"), load))
	// Output: request <nil>
}

// Does a context.Context make the stores that it carries current? No. FromContext
// returns them, and Run makes them current for one function.
func ExampleFromContext() {
	var user als.Storage[string]
	var ctx context.Context
	user.Run("alice", func() { ctx = als.NewContext(context.Background()) })

	user.Run("bob", func() {
		fmt.Println(user.Get())
		if carried, ok := als.FromContext(ctx); ok {
			carried.Run(func() { fmt.Println(user.Get()) })
		}
		_, ok := als.FromContext(context.Background())
		fmt.Println(user.Get(), ok)
	})
	// Output:
	// bob
	// alice
	// bob false
}

// How do I keep a context from being used after its request, by a goroutine that the
// request has left behind?
func ExampleLeaseContext() {
	ended, left := make(chan struct{}), make(chan error)
	serve := func(ctx context.Context) {
		defer als.LeaseContext(ctx).End()
		als.Go(func() {
			<-ended
			left <- als.Context().Err()
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	serve(ctx)
	cancel()
	close(ended)
	fmt.Println(<-left) // that of context.Background
	// Output: <nil>
}
