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

// Which context counts where there are two? The explicit one, always. A function that
// has a parameter uses that, and context.Background() given to it means none; the
// ambient one is for a function that has no parameter.
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

// Does the ambient context follow into goroutines? Like every store, and with it its
// deadline: work that is to go on longer is given another.
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

// How is a context made the ambient one for the rest of a function, without a
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

// How does a function return what it found below an ambient context? RunContextFunc
// returns its result, and RunContextFunc2 a result and an error.
func ExampleRunContextFunc2() {
	load := func() (any, error) { return als.Context().Value(keyOfName{}), als.Context().Err() }

	fmt.Println(als.RunContextFunc2(named("request"), load))
	// Output: request <nil>
}

// Does a context.Context put the stores that it carries in place by itself? No: they
// are taken out explicitly, where they are wanted, and what is current stays.
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
