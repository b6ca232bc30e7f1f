package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// inVariable keeps the transaction in one variable for the whole program, which is the
// wrong way. The users set the variable one after the other, and then work one after the
// other, so that the output is always the same.
type inVariable struct {
	order map[string]int // of the users

	mu      sync.Mutex // guards the rest
	moved   sync.Cond  // on mu: turn has changed
	turn    int        // of a user to set the variable, then of a user to work
	current *transaction
}

func newVariable(n int) *inVariable {
	v := &inVariable{order: make(map[string]int)}
	v.moved.L = &v.mu
	for i := range n {
		v.order[users.Name(i)] = i
	}
	return v
}

func (v *inVariable) get() *transaction {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.current
}

func (v *inVariable) run(t *transaction, fn func() error) error {
	i := v.order[t.owner]
	v.await(i)
	v.mu.Lock()
	v.current = t
	v.mu.Unlock()
	v.next()

	v.await(len(v.order) + i)
	defer v.next()
	return fn()
}

func (v *inVariable) await(turn int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.turn != turn {
		v.moved.Wait()
	}
}

func (v *inVariable) next() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.turn++
	v.moved.Broadcast()
}
