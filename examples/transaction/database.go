package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // pure Go: the example needs no C compiler

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// A database is SQLite in a temporary file.
type database struct {
	*sql.DB
	dir     string
	current place

	mu    sync.Mutex
	begun []*transaction // for the check, guarded by mu
}

// A transaction has the name of the user that began it, and its steps.
type transaction struct {
	*sql.Tx
	owner string
	steps []string
}

func (t *transaction) note(step string) { t.steps = append(t.steps, step) }

// A place is where the current transaction is kept.
type place interface {
	// get returns the current transaction, nil if there is none.
	get() *transaction
	// run calls fn with t as the current transaction.
	run(t *transaction, fn func() error) error
}

func open(c *users.Check) (*database, error) {
	dir, err := os.MkdirTemp("", "transaction")
	if err != nil {
		return nil, err
	}
	db := &database{dir: dir, current: inStore{}}
	if db.DB, err = sql.Open("sqlite", filepath.Join(dir, "example.sqlite")); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if c.Wrong {
		db.current = newVariable(c.Users)
	} else {
		db.SetMaxOpenConns(1) // SQLite has one writer at a time; the others wait in Begin
	}
	if _, err := db.Exec("create table items (user text, item text, owner text)"); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

func (db *database) close() error { return errors.Join(db.Close(), os.RemoveAll(db.dir)) }

// inTransaction runs fn in a transaction and commits it. If fn returns an error or
// panics, it rolls the transaction back. Inside another transaction of the same user fn
// becomes part of that.
func (db *database) inTransaction(fn func() error) (err error) {
	if t := db.current.get(); t != nil && t.owner == users.Current() {
		return fn()
	}
	begun, err := db.Begin()
	if err != nil {
		return err
	}
	t := db.newTransaction(begun)
	committed := false
	defer func() {
		if !committed {
			t.note("rollback")
			err = errors.Join(err, t.Rollback())
		}
	}()
	if err := db.current.run(t, fn); err != nil {
		return err
	}
	committed = true
	t.note("commit")
	return t.Commit()
}

func (db *database) newTransaction(begun *sql.Tx) *transaction {
	t := &transaction{Tx: begun, owner: users.Current(), steps: []string{"begin"}}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.begun = append(db.begun, t)
	return t
}

// transactions returns all transactions so far, sorted by owner. None may be in progress.
func (db *database) transactions() []*transaction {
	db.mu.Lock()
	defer db.mu.Unlock()
	slices.SortStableFunc(db.begun, func(a, b *transaction) int { return strings.Compare(a.owner, b.owner) })
	return db.begun
}

// insert writes a row in the transaction that the caller is in, if any.
func (db *database) insert(user, item string) error {
	const query = "insert into items values (?, ?, ?)"
	if t := db.current.get(); t != nil {
		t.note(item + " of " + user)
		_, err := t.Exec(query, user, item, t.owner)
		return err
	}
	_, err := db.Exec(query, user, item, users.NoUser)
	return err
}

// ownersOf returns the owners of the transactions in which the rows of a user were
// written.
func (db *database) ownersOf(user string) (owners []string, err error) {
	rows, err := db.Query("select owner from items where user = ?", user)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var owner string
		if err := rows.Scan(&owner); err != nil {
			return nil, err
		}
		owners = append(owners, owner)
	}
	return owners, rows.Err()
}
