package gls_test

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/gls"
)

// Whose value does a goroutine see? Only its own.
func ExampleTable() {
	var names gls.Table[string]

	mine := "main"
	names.Store(&mine)

	done := make(chan struct{})
	go func() {
		defer close(done)
		fmt.Println("a new goroutine has a value:", names.Load() != nil)
		other := "worker"
		names.Store(&other) // left behind: garbage soon after the goroutine exits
		fmt.Println("it is", *names.Load())
	}()
	<-done
	fmt.Println("it is still", *names.Load())
	names.Delete()
	fmt.Println("deleted:", names.Load() == nil)
	// Output:
	// a new goroutine has a value: false
	// it is worker
	// it is still main
	// deleted: true
}

// What are the goroutines working on right now? All lists what the live ones stored.
func ExampleTable_All() {
	var jobs gls.Table[string]
	finish := make(chan struct{})
	var started, done sync.WaitGroup
	for _, job := range []string{"index", "mail"} {
		started.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			jobs.Store(&job)
			started.Done()
			<-finish
		}()
	}
	started.Wait()

	busy := make(map[string]bool)
	for id, job := range jobs.All() {
		busy[*job] = id != goroutine.ID()
	}
	fmt.Println(busy, jobs.Len())

	close(finish)
	done.Wait()
	// Output: map[index:true mail:true] 2
}

// How does a function limit its own recursion without a parameter? With a counter for
// each goroutine.
func ExampleLocal() {
	var depth gls.Local[int]
	var visit func(n int)
	visit = func(n int) {
		d, _ := depth.Get()
		if d == 3 {
			fmt.Println("too deep at", n)
			return
		}
		depth.Set(d + 1)
		defer depth.Set(d)
		visit(n + 1)
	}

	visit(1)
	done := make(chan struct{})
	go func() { visit(100); close(done) }()
	<-done
	// Output:
	// too deep at 4
	// too deep at 103
}
