// Package conc has the shape of the real one.
package conc

type WaitGroup struct{}

func (h *WaitGroup) Go(f func()) {}
