// Package lost has goroutines that look as if they worked for others.
package lost

import (
	"context"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

type (
	source interface {
		Load(string) (string, error)
		Next(version uint) (uint, error)
		Lock() error
		ServeDNS(responseWriter, string) error
	}
	responseWriter interface{ Reply(string) }
)

type client struct {
	source source
	places chan struct{}
	done   chan bool
}

func (c *client) limited(ctx context.Context, key string) {
	select {
	case c.places <- struct{}{}:
	case <-ctx.Done():
		return
	}
	go func() { // want `the goroutine starts without the caller's stores: use als.Go$`
		defer func() { <-c.places }()
		c.source.Load(key)
	}()
}

func (c *client) lock(ctx context.Context) error {
	locked := make(chan error, 1)
	go func() { // want `the goroutine starts without the caller's stores: use als.Go$`
		locked <- c.source.Lock()
	}()
	select {
	case err := <-locked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *client) answer(w responseWriter, name string) error {
	served := make(chan error, 1)
	go func() { // want `the goroutine starts without the caller's stores: use als.Go$`
		served <- c.source.ServeDNS(w, name)
	}()
	return <-served
}

func (c *client) versions(from uint) {
	versions := make(chan uint)
	go c.read(from, versions) // want `use als.Go if it works only for this caller \(it runs until c.done ends it`
	c.apply(versions)
}

func (c *client) read(from uint, versions chan<- uint) {
	defer close(versions)
	for {
		select {
		case <-c.done:
			return
		default:
		}
		next, err := c.source.Next(from)
		if err != nil {
			return
		}
		versions <- next
		from = next
	}
}

func (c *client) apply(versions <-chan uint) {
	for range versions {
		user.Get()
	}
}

// A function that walks a tree starts itself again. What it starts belongs to the caller of the walk.
func (c *client) Walk(depth uint) { c.walk(depth) }

func (c *client) walk(depth uint) {
	c.visit(depth)
	for range depth {
		go c.walk(depth - 1) // want `the goroutine also works for other callers \(it starts itself again`
	}
}

func (c *client) visit(depth uint) {
	go c.source.Next(depth) // want `the goroutine starts without the caller's stores`
}
