// Package main starts goroutines lazily, in a program with als/inherit.
package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
)

var user als.Storage[string]

func init() { inherit.Detach((*pool).detached) }

func main() { Request(new(pool)) }

type pool struct {
	once    sync.Once
	jobs    chan func()
	started bool
}

func (p *pool) loop() {
	for job := range p.jobs {
		job()
	}
}

func (p *pool) detached() { p.loop() }

func Request(p *pool) {
	p.once.Do(func() {
		go p.loop() // want `keeps the first caller's stores: call inherit.Detach`
		go p.detached()
	})
	if !p.started {
		p.started = true
		go p.beat() // want `guarded by p.started`
	}
	go user.Get() // it carries the stores
}

func (p *pool) beat() { user.Get() }

func newPool() *pool {
	p := &pool{jobs: make(chan func())}
	go p.loop() // most are made when there is no request
	return p
}
