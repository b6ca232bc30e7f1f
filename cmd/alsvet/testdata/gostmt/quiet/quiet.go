// Package main is correct.
package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
)

var user als.Storage[string]

func serve() { user.Get() }

func init() {
	go serve()
}

var _ = start()

func start() bool { return true }

func main() {
	go serve() // no store can be here yet
	als.Go(serve)
	requests()
	func() {
		go serve() // nor here
	}()
}

func requests() {
	var wg sync.WaitGroup
	snapshot := als.Snapshot()
	wg.Add(5)
	go func() {
		defer wg.Done()
		user.Run("a", serve)
	}()
	go func() {
		defer wg.Done()
		defer user.WithScope("b").End()
		serve()
	}()
	go func() {
		user.EnterWith("c")
		serve()
		wg.Done()
	}()
	go func() {
		scope := user.WithScope("d")
		defer scope.End()
		serve()
		wg.Done()
	}()
	go func() {
		snapshot.Run(serve)
		wg.Done()
	}()
	go func() {
		resource := hooks.NewAsyncResource("REQUEST")
		resource.RunInAsyncScope(serve)
		wg.Done()
	}()
	//alsvet:ignore the server outlives every request
	go serve()
	go serve()  //alsvet:ignore gostmt: the server outlives every request
	go func() { // want `without`
		serve()
		user.Run("e", serve)
	}()
	//alsvet:ignore callback: names another analyzer
	go serve() // want `without`
	//alsvet:ignore
	go serve() // want `without`
	wg.Wait()
}
