package inherit_test

import (
	"context"
	"fmt"
	"runtime/pprof"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
)

// What changes with the import? Plain go statements carry stores.
func Example() {
	var requestID als.Storage[string]
	var wg sync.WaitGroup
	requestID.Run("42", func() {
		wg.Add(1)
		go func() {
			defer wg.Done()
			fmt.Println("request", requestID.Get())
		}()
	})
	wg.Wait()
	// Output: request 42
}

// Is inheritance on in this process?
func ExampleStatus() {
	if err := inherit.Status(); err != nil {
		fmt.Println("plain go statements carry nothing:", err)
		return
	}
	fmt.Println("on")
	// Output: on
}

// How do I start a goroutine that outlives the request without the request's stores?
func ExampleDetach() {
	var requestID als.Storage[string]
	inherit.Detach(reportMetrics)

	done := make(chan string)
	requestID.Run("42", func() { go reportMetrics(&requestID, done) })
	fmt.Printf("%q\n", <-done)
	// Output: ""
}

func reportMetrics(requestID *als.Storage[string], done chan string) { done <- requestID.Get() }

// How do I set profiler labels for a piece of work and still inherit?
func ExampleDo() {
	var requestID als.Storage[string]
	done := make(chan string)
	requestID.Run("42", func() {
		inherit.Do(context.Background(), pprof.Labels("handler", "index"), func(context.Context) {
			go func() { done <- requestID.Get() }()
		})
	})
	fmt.Println(<-done)
	// Output: 42
}
