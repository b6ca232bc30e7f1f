// Package tomb has the shape of the real one.
package tomb

type Tomb struct{}

func (t *Tomb) Go(f func() error) {}
