package main

import (
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed-1938943e/goroutine/als"
)

var user = als.New(als.Options[string]{Name: "user", Default: "no user"})

// rounds is how often each way is used. A place is reported once.
const rounds = 3

// whose reads the store, deep below.
func whose() string { return user.Get() }

// plainGo starts the work with a plain go statement.
func plainGo(work func()) {
	var wg sync.WaitGroup
	wg.Add(1)
	//alsvet:ignore it loses the store to show the report
	go func() {
		defer wg.Done()
		work()
	}()
	wg.Wait()
}

// timer starts the work with a timer.
func timer(work func()) {
	done := make(chan struct{})
	time.AfterFunc(time.Millisecond, func() {
		defer close(done)
		work()
	})
	<-done
}

// group gives the work to an errgroup, whose go statement is not ours.
func group(work func()) {
	var g errgroup.Group
	g.Go(func() error {
		work()
		return nil
	})
	_ = g.Wait()
}

// lose uses the three ways, with bound work if right is set.
func lose(right bool) {
	for range rounds {
		user.Run("alice", func() {
			work := func() { whose() }
			if right {
				work = als.Bind(work)
			}
			//alsvet:ignore it is bound, unless it is to be lost
			plainGo(work)
			//alsvet:ignore it is bound, unless it is to be lost
			timer(work)
			//alsvet:ignore it is bound, unless it is to be lost
			group(work)
		})
	}
}

// keep does the same work right.
func keep() {
	user.Run("bob", func() {
		done := make(chan struct{})
		als.Go(func() { whose(); close(done) })
		<-done
		done = make(chan struct{})
		als.AfterFunc(time.Millisecond, func() { whose(); close(done) })
		<-done
		group(als.Bind(func() { whose() }))
	})
}
