// Transaction keeps a database/sql transaction in a store: begun in one place, used by
// code that has no parameter for it, committed when the work is done and rolled back
// when it fails or panics. The database is SQLite.
//
//	go run ./examples/transaction
//
// places an order of several rows for each user. The first user's order panics half way,
// and none of its rows may remain. A goroutine that an order starts must not be in its
// transaction. First the transaction is in one variable: all rows are written in the
// transaction that began last, and the rollback of another one does not remove them.
package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "transaction",
	Shows: "rows are written in the transaction of their order by functions that have no parameter for it",
	Wrong: "the transaction is in one variable for the whole program",
	Right: "the transaction is in a store of the goroutine that began it, which none inherits",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) (err error) {
	db, err := open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	children, errs := make([]string, c.Users), make([]error, c.Users)
	c.Together(func(i int) { children[i], errs[i] = placeOrder(db) })
	if err := errors.Join(errs...); err != nil {
		return err
	}

	for _, t := range db.transactions() {
		c.Note("transaction of %s: %s", t.owner, strings.Join(t.steps, ", "))
	}
	for i := range c.Users {
		name, want := users.Name(i), "none"
		if i > 0 {
			want = fmt.Sprintf("%d, written in the transaction of %s", len(items), name)
		}
		owners, err := db.ownersOf(name)
		if err != nil {
			return err
		}
		rows := describe(owners)
		c.Compare(name, fmt.Sprintf("goroutine of the order of %s: %s", name, children[i]), "in no transaction", children[i])
		c.Compare(name, fmt.Sprintf("rows of %s: %s", name, rows), want, rows)
	}
	return nil
}

var items = []string{"bread", "butter", "salt"}

// errSoldOut is the panic of the first user's order.
var errSoldOut = errors.New("sold out")

// placeOrder places the order of the current user. None of the functions that it calls
// has a parameter for the transaction. It returns the transaction that a goroutine
// started by it saw.
func placeOrder(db *database) (child string, err error) {
	defer func() {
		if r := recover(); r != nil && r != any(errSoldOut) {
			panic(r)
		}
	}()
	err = db.inTransaction(func() error {
		seen := make(chan string)
		als.Go(func() { seen <- whereabouts(db.current.get()) })
		child = <-seen
		for _, item := range items {
			if err := addItem(db, item); err != nil {
				return err
			}
		}
		return nil
	})
	return child, err
}

func whereabouts(t *transaction) string {
	if t == nil {
		return "in no transaction"
	}
	return "in the transaction of " + t.owner
}

func addItem(db *database, item string) error {
	if users.Current() == users.Name(0) && item == items[len(items)-1] {
		panic(errSoldOut)
	}
	return db.insert(users.Current(), item)
}

// describe formats the number of rows and the owners of their transactions.
func describe(owners []string) string {
	if len(owners) == 0 {
		return "none"
	}
	slices.Sort(owners)
	n := len(owners)
	return fmt.Sprintf("%d, written in the transaction of %s", n, strings.Join(slices.Compact(owners), ", "))
}
