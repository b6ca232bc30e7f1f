package main

import "github.com/seed-1938943e/goroutine/als"

// useWorker starts a worker for alice with a plain go statement, and gives it a task of
// hers and then one of bob's. The worker inherits alice's stores and keeps them: bob's
// task sees hers, unless they are revoked, or the task was bound.
func useWorker(l *sightings) {
	tasks, done := make(chan func()), make(chan struct{})
	submit := func(task func()) { tasks <- task; <-done }
	for _, who := range []string{"alice", "bob"} {
		runAs(who, func() {
			if who == "alice" {
				go func() {
					for task := range tasks {
						task()
						done <- struct{}{}
					}
				}()
			}
			revoked := "alice" // as long as her Run lasts
			if who == "bob" {
				revoked = "no user"
			}
			//alsvet:ignore it shows what a task sees that is not bound
			submit(func() {
				l.add(sighting{"worker", who, "task", user.Get(), "alice", "a store of a plain Storage"})
				l.add(sighting{"worker", who, "task", secret.Get(), revoked, "the same with RevokeOnEnd"})
			})
			submit(als.Bind(func() {
				l.add(sighting{"worker", who, "task", user.Get(), who, "the same, bound"})
			}))
		})
	}
	close(tasks)
}
