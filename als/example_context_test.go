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
