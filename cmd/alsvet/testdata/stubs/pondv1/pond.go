// Package pond has the shape of the first version of the real one.
package pond

import "time"

type WorkerPool struct{}

func (p *WorkerPool) Submit(task func()) {}

func (p *WorkerPool) TrySubmit(task func()) bool { return true }

func (p *WorkerPool) SubmitAndWait(task func()) {}

func (p *WorkerPool) SubmitBefore(task func(), deadline time.Duration) {}

type TaskGroup struct{}

func (g *TaskGroup) Submit(task func()) {}

type TaskGroupWithContext struct{}

func (g *TaskGroupWithContext) Submit(task func() error) {}
