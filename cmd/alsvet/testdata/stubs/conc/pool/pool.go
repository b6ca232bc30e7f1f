// Package pool has the shape of the real one.
package pool

import "context"

type Pool struct{}

func (p *Pool) Go(f func()) {}

type ErrorPool struct{}

func (p *ErrorPool) Go(f func() error) {}

type ContextPool struct{}

func (p *ContextPool) Go(f func(ctx context.Context) error) {}

type ResultPool[T any] struct{}

func (p *ResultPool[T]) Go(f func() T) {}

type ResultErrorPool[T any] struct{}

func (p *ResultErrorPool[T]) Go(f func() (T, error)) {}

type ResultContextPool[T any] struct{}

func (p *ResultContextPool[T]) Go(f func(context.Context) (T, error)) {}
