// Package ants has the shape of the first version of the real one.
package ants

type Pool struct{}

func (p *Pool) Submit(task func()) error { return nil }

func Submit(task func()) error { return nil }
