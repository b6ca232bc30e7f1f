package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A group runs tasks, each in a goroutine.
type group struct{ tasks sync.WaitGroup }

// runGroup calls fn with a new group, in a Run of the storage with this store, and
// waits for the tasks that fn and its tasks have started. The Run ends with the group.
func runGroup[T any](storage *als.Storage[T], store T, fn func(g *group)) {
	storage.Run(store, func() {
		var g group
		defer g.tasks.Wait()
		fn(&g)
	})
}

// goTask starts a task. It may be called by fn and by tasks.
func (g *group) goTask(task func()) {
	g.tasks.Add(1)
	als.Go(func() {
		defer g.tasks.Done()
		task()
	})
}
