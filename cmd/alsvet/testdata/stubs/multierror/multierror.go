// Package multierror has the shape of the real one.
package multierror

type Group struct{}

func (g *Group) Go(f func() error) {}
