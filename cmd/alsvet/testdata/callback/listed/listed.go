// Package listed has a scheduler of its own.
package listed

import (
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

type queue[T any] struct{}

func (q *queue[T]) Push(f func(T), v T) {
	time.AfterFunc(time.Second, func() { f(v) }) // the caller has bound f
}

func each(v int) { user.Get() }

func every[T any](v T) { user.Get() }

func listed(q *queue[int]) {
	q.Push(each, 1)                                 // want `callback of \(\*example.com/testdata/callback/listed.queue\).Push`
	q.Push(every, 1)                                // want `callback`
	time.AfterFunc(time.Second, func() { each(1) }) // want `callback`
}
