// Transaction is a database/sql transaction that is kept in a store: begun in one
// place, used deep in code that has no parameter for it, committed when the work is
// done and rolled back when it fails or panics. The database is SQLite.
//
//	go run ./examples/transaction
//
// Every user places an order of several rows, written by functions that know of no
// transaction. One user's work panics half way, and nothing of it must be left.
//
// With -wrong the transaction is in one variable, as it is without a store, and one
// user's rows are written in, and go away with, the transaction of another.
package main

import (
	"errors"
	"fmt"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "transaction", Wrong: "keep the transaction in one variable for all", Run: run}

func main() { program.Main() }

func run(c *users.Check) (err error) {
	db, err := open(c.Wrong, c.Users)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	c.Each(func(name string) {
		if err := placeOrder(db, name); err != nil && !errors.Is(err, errRejected) {
			c.Saw("order", name, err.Error())
		}
	})

	for i := range c.Users {
		name, want := users.Name(i), len(items)
		if i == 0 {
			want = 0 // the one that is rejected
		}
		owners, err := db.ownersOf(name)
		if err != nil {
			return err
		}
		for _, owner := range owners {
			c.Saw("transaction", name, owner)
		}
		if len(owners) == want {
			c.Saw("table", name, name)
		} else {
			c.Saw("table", name, fmt.Sprintf("%d rows instead of %d", len(owners), want))
		}
	}
	return nil
}

var items = []string{"bread", "butter", "salt"}

var errRejected = errors.New("rejected")

// placeOrder is what a user wants. Nothing that it calls has a parameter for the
// transaction.
func placeOrder(db *database, name string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errRejected, r)
		}
	}()
	return db.inTransaction(func() error {
		for _, item := range items {
			if err := addItem(db, name, item); err != nil {
				return err
			}
		}
		return nil
	})
}

func addItem(db *database, name, item string) error {
	if name == users.Name(0) && item == "salt" {
		panic("out of salt")
	}
	return db.insert(name, item)
}
