package main

import "github.com/seed-1938943e/goroutine/als"

// current has the transaction that the caller works in. It stays with the goroutine that
// began it: goroutines that share a transaction would write to it after its commit, and
// an error of one would roll back the work of another.
var current = als.New(als.Options[*transaction]{Name: "transaction", Inherit: als.InheritNever})

// inStore keeps the transaction in current.
type inStore struct{}

func (inStore) get() *transaction { return current.Get() }

func (inStore) run(t *transaction, fn func() error) error { return als.RunFunc(current, t, fn) }
