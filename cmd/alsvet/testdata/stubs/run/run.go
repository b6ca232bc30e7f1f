// Package run has the shape of the real one.
package run

type Group struct{}

func (g *Group) Add(execute func() error, interrupt func(error)) {}
