// Package als has the shape of the real one.
package als

type Storage[T any] struct{ _ int }

func (s *Storage[T]) Get() (v T) { return }

func Go(fn func()) { go fn() }
