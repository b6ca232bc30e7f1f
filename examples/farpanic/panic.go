package main

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/seed-1938943e/goroutine/als"
)

// A panicked is a panic as an error, with the stores and the stack at its origin.
type panicked struct {
	value   any
	context als.ExecutionContext
	stack   []byte
}

func (p *panicked) Error() string { return fmt.Sprint(p.value) }

// Unwrap returns the value of the panic if that was an error.
func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// carry adds the stores and the stack of the goroutine to a panic, which goes on. Defer it
// below the Run that sets the stores.
func carry() {
	if value := recover(); value != nil {
		panic(wrap(value))
	}
}

// try calls fn and returns its panic as an error.
func try(fn func()) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = wrap(value)
		}
	}()
	fn()
	return nil
}

// wrap returns a panic that is wrapped already unchanged: its snapshot is the one closest
// to the origin.
func wrap(value any) *panicked {
	if p, ok := value.(*panicked); ok {
		return p
	}
	return &panicked{value, als.Snapshot(), debug.Stack()}
}

// inContextOf calls fn with the stores that a panic carries.
func inContextOf(err error, fn func()) {
	var p *panicked
	if !errors.As(err, &p) {
		fn()
		return
	}
	p.context.Run(fn)
}
