// Package pond has the shape of the real one.
package pond

type Task interface{ Wait() error }

type Result[R any] interface{ Wait() (R, error) }

type Pool interface {
	Go(task func()) error
	Submit(task func()) Task
	SubmitErr(task func() error) Task
	TrySubmit(task func()) (Task, bool)
	TrySubmitErr(task func() error) (Task, bool)
}

type ResultPool[R any] interface {
	Submit(task func() R) Result[R]
	SubmitErr(task func() (R, error)) Result[R]
	TrySubmit(task func() R) (Result[R], bool)
	TrySubmitErr(task func() (R, error)) (Result[R], bool)
}

type TaskGroup interface {
	Submit(tasks ...func()) TaskGroup
	SubmitErr(tasks ...func() error) TaskGroup
}

type ResultTaskGroup[O any] interface {
	Submit(tasks ...func() O) ResultTaskGroup[O]
	SubmitErr(tasks ...func() (O, error)) ResultTaskGroup[O]
}

func Submit(task func()) Task { return nil }

func SubmitErr(task func() error) Task { return nil }
