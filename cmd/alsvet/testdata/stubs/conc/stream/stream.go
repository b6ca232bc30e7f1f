// Package stream has the shape of the real one.
package stream

type Callback func()

type Task func() Callback

type Stream struct{}

func (s *Stream) Go(f Task) {}
