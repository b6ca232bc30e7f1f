package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // pure Go: the example needs no C compiler

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// A database is SQLite in a temporary file.
type database struct {
	*sql.DB
	dir string

	wrong    bool
	variable *transaction   // the current one, if it is wrong
	mu       sync.Mutex     // guards variable
	together sync.WaitGroup // the transactions that have not begun, if it is wrong
}

// A transaction knows who began it, for the check.
type transaction struct {
	*sql.Tx
	owner string
}

// current is the transaction that the caller works in. When it has ended it is gone,
// also for a goroutine that goes on.
var current = als.New(als.Options[*transaction]{Name: "transaction", RevokeOnEnd: true})

func open(wrong bool, transactions int) (*database, error) {
	dir, err := os.MkdirTemp("", "transaction")
	if err != nil {
		return nil, err
	}
	db := &database{dir: dir, wrong: wrong}
	if db.DB, err = sql.Open("sqlite", filepath.Join(dir, "example.sqlite")); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if wrong {
		db.together.Add(transactions)
	} else {
		db.SetMaxOpenConns(1) // SQLite has one writer at a time; the others wait in Begin
	}
	if _, err := db.Exec("create table items (user text, item text, owner text)"); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

func (db *database) close() error { return errors.Join(db.Close(), os.RemoveAll(db.dir)) }

// inTransaction runs fn in a transaction, which it commits, or, if fn returns an
// error or panics, rolls back. Inside another, fn is part of that.
func (db *database) inTransaction(fn func() error) error {
	if db.tx() != nil && !db.wrong {
		return fn()
	}
	begun, err := db.Begin()
	if err != nil {
		return err
	}
	defer begun.Rollback() // does nothing after Commit
	t := &transaction{begun, users.Current()}
	if db.wrong {
		db.setVariable(t)
		err = fn()
	} else {
		err = als.RunFunc(current, t, fn)
	}
	if err != nil {
		return err
	}
	return begun.Commit()
}

// tx returns the caller's transaction, nil if it is in none.
func (db *database) tx() *transaction {
	if db.wrong {
		db.mu.Lock()
		defer db.mu.Unlock()
		return db.variable
	}
	return current.Get()
}

// setVariable makes a transaction the current one of the whole program, and waits
// until all the others are, too: the last one stays.
func (db *database) setVariable(t *transaction) {
	db.mu.Lock()
	db.variable = t
	db.mu.Unlock()
	db.together.Done()
	db.together.Wait()
}

// insert writes a row in the transaction that the caller is in, if any.
func (db *database) insert(user, item string) error {
	const query = "insert into items values (?, ?, ?)"
	if t := db.tx(); t != nil {
		_, err := t.Exec(query, user, item, t.owner)
		return err
	}
	_, err := db.Exec(query, user, item, users.Nobody)
	return err
}

// ownersOf returns in whose transactions the rows of a user were written.
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
