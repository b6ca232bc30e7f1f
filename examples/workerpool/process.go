package main

import "fmt"

// A task is to add two numbers.
type task struct{ a, b int }

// process is what a worker does with a task. It refers neither to the pool nor to the
// request. It panics if a is negative, for the sake of the example.
func process(t task) int {
	if t.a < 0 {
		panic(fmt.Sprintf("cannot count %d sheep", t.a))
	}
	return t.a + t.b
}

// try is process with the panic as an error, as a Worker of Node reports it.
func try(t task) (result int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("worker: %v", r)
		}
	}()
	return process(t), nil
}
