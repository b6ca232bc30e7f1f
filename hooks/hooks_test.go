package hooks_test

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
)

// How do I watch goroutines begin and end?
func ExampleNew() {
	hook := hooks.New(hooks.Callbacks{
		Init:    func(_ hooks.ID, typ string, _ hooks.ID, _ any) { fmt.Println("init", typ) },
		Before:  func(hooks.ID) { fmt.Println("before") },
		After:   func(hooks.ID) { fmt.Println("after") },
		Destroy: func(hooks.ID) { fmt.Println("destroy") },
	}).Enable()
	defer hook.Disable()

	query := hooks.NewAsyncResource("example.Query", hooks.ResourceOptions{RequireManualDestroy: true})
	query.RunInAsyncScope(func() { fmt.Println("rows") })
	_ = query.EmitDestroy()
	// Output:
	// init example.Query
	// before
	// rows
	// after
	// destroy
}

// Which stores does a callback see, on any goroutine?
func ExampleAsyncResource_RunInAsyncScope() {
	var user als.Storage[string]
	var query *hooks.AsyncResource
	user.Run("alice", func() { query = hooks.NewAsyncResource("example.Query") })

	var done sync.WaitGroup
	done.Add(1)
	user.Run("bob", func() { // the driver answers whenever it likes
		als.Go(func() {
			defer done.Done()
			query.RunInAsyncScope(func() { fmt.Println("rows for", user.Get()) })
			fmt.Println("driver of", user.Get())
		})
	})
	done.Wait()
	// Output:
	// rows for alice
	// driver of bob
}
