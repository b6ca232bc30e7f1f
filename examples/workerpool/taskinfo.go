package main

import "github.com/seed-1938943e/goroutine/hooks"

// A WorkerPoolTaskInfo is a task as an async resource: its callback runs in the context
// in which the task was created.
type WorkerPoolTaskInfo struct {
	*hooks.AsyncResource
	task     task
	callback callback
}

// A callback gets the result of a task. Like Node's it may be called anywhere.
type callback func(result int, err error)

func newWorkerPoolTaskInfo(t task, c callback) *WorkerPoolTaskInfo {
	return &WorkerPoolTaskInfo{hooks.NewAsyncResource("WorkerPoolTaskInfo"), t, c}
}

func (i *WorkerPoolTaskInfo) done(result int, err error) {
	i.RunInAsyncScope(func() { i.callback(result, err) })
	i.EmitDestroy() // a WorkerPoolTaskInfo is used only once
}
