package hooks_test

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
)

// What caused the work that I am in?
func ExampleExecutionAsyncID() {
	fmt.Println(hooks.ExecutionAsyncID(), hooks.TriggerAsyncID())
	request := hooks.NewAsyncResource("example.Request")
	request.RunInAsyncScope(func() {
		fmt.Println(hooks.ExecutionAsyncID() == request.AsyncID(), hooks.TriggerAsyncID())
		query := hooks.NewAsyncResource("example.Query")
		query.RunInAsyncScope(func() { fmt.Println(hooks.TriggerAsyncID() == request.AsyncID()) })
	})
	// Output:
	// 1 0
	// true 1
	// true
}

// How do I keep something with the work, without a storage?
func ExampleExecutionAsyncResource() {
	type state struct{ user string }
	states := map[any]*state{}

	request := hooks.NewAsyncResource("example.Request")
	states[request] = &state{user: "alice"}
	request.RunInAsyncScope(func() { fmt.Println(states[hooks.ExecutionAsyncResource()].user) })
	// Output: alice
}

// How does a listener keep its own context, on any goroutine that calls it?
func ExampleAsyncResource_Bind() {
	var user als.Storage[string]
	var session *hooks.AsyncResource
	user.Run("alice", func() { session = hooks.NewAsyncResource("example.Session") })

	onClose := session.Bind(func() { fmt.Println("closed for", user.Get()) })
	user.Run("bob", onClose)
	// Output: closed for alice
}

// How do I bind a function so that hooks see it run?
func ExampleBind() {
	var user als.Storage[string]
	var onClose func()
	var resource *hooks.AsyncResource
	user.Run("alice", func() {
		onClose, resource = hooks.Bind(func() {
			fmt.Println(user.Get(), hooks.ExecutionAsyncID() == resource.AsyncID())
		}, "example.Listener")
	})
	onClose()
	fmt.Println(resource.Type())
	// Output:
	// alice true
	// example.Listener
}

// When is Destroy called if the work is still under way?
func ExampleAsyncResource_EmitDestroy() {
	hook := hooks.New(hooks.Callbacks{Destroy: func(hooks.ID) { fmt.Println("destroy") }}).Enable()
	defer hook.Disable()

	query := hooks.NewAsyncResource("example.Query")
	query.RunInAsyncScope(func() {
		fmt.Println(query.EmitDestroy())
		fmt.Println("rows")
	})
	fmt.Println(query.EmitDestroy())
	// Output:
	// <nil>
	// rows
	// destroy
	// hooks: EmitDestroy: the resource has been destroyed
}

// How does a pool tell each task's context from its worker's?
func ExampleNewAsyncResource_pool() {
	type task struct {
		*hooks.AsyncResource
		do func()
	}
	tasks := make(chan task)
	var done sync.WaitGroup
	go func() { // the worker, started long before
		for t := range tasks {
			t.RunInAsyncScope(t.do)
			_ = t.EmitDestroy()
			done.Done()
		}
	}()

	var user als.Storage[string]
	for _, name := range []string{"alice", "bob"} {
		user.Run(name, func() {
			done.Add(1)
			tasks <- task{hooks.NewAsyncResource("example.Task"), func() { fmt.Println("task of", user.Get()) }}
		})
	}
	done.Wait()
	close(tasks)
	// Output:
	// task of alice
	// task of bob
}

// How do I watch a piece of work from its creation to its end?
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
	user.Run("bob", func() { // the driver works for another user
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
