package main

import "fmt"

// A task has two numbers to add.
type task struct{ a, b int }

// process is the work of a worker on a task. It knows neither the pool nor the request.
// It panics if a is negative, for the sake of the example.
func process(t task) int {
	if t.a < 0 {
		panic(fmt.Sprintf("cannot count %d sheep", t.a))
	}
	return t.a + t.b
}

// try is process with the panic as an error, like that of a Worker of Node.
func try(t task) (result int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("worker: %v", r)
		}
	}()
	return process(t), nil
}
