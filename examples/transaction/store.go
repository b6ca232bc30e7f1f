package main

import "github.com/seed-1938943e/goroutine/als"

// current has the transaction that the caller works in. When a transaction has ended
// its store is gone, also for a goroutine that goes on.
var current = als.New(als.Options[*transaction]{Name: "transaction", RevokeOnEnd: true})

// inStore keeps the transaction in current.
type inStore struct{}

func (inStore) get() *transaction { return current.Get() }

func (inStore) run(t *transaction, fn func() error) error { return als.RunFunc(current, t, fn) }
