package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // pure Go: the example needs no C compiler
)

// A database is SQLite in a temporary file. (In memory each connection would have
// one of its own, and database/sql opens as many as it needs.)
type database struct {
	*sql.DB
	dir string
}

const schema = `
	create table users    (name text primary key, city text not null);
	create table orders   (user text not null, cents integer not null);
	create table vouchers (user text primary key, code text not null)`

var cities = []string{"Bergen", "Lima", "Oslo", "Porto", "Turin"}

// openDatabase returns a database with users user1 to user<n>: their cities, as many
// orders as their number says, up to three, of 100 cents each and one for each
// number; and vouchers for the even ones.
func openDatabase(n int) (_ *database, err error) {
	dir, err := os.MkdirTemp("", "dbquery")
	if err != nil {
		return nil, err
	}
	db := &database{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.close())
		}
	}()
	if db.DB, err = sql.Open("sqlite", filepath.Join(dir, "example.sqlite")); err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		return nil, err
	}
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // does nothing after Commit
	for i := 1; i <= n; i++ {
		user := userName(i)
		if _, err := tx.Exec("insert into users values (?, ?)", user, cityOf(i)); err != nil {
			return nil, err
		}
		for range ordersOf(i) {
			if _, err := tx.Exec("insert into orders values (?, ?)", user, 100+i); err != nil {
				return nil, err
			}
		}
		if i%2 == 0 {
			if _, err := tx.Exec("insert into vouchers values (?, ?)", user, voucherOf(i)); err != nil {
				return nil, err
			}
		}
	}
	return db, tx.Commit()
}

func (db *database) close() error {
	var err error
	if db.DB != nil {
		err = db.DB.Close()
	}
	return errors.Join(err, os.RemoveAll(db.dir))
}

func userName(i int) string  { return fmt.Sprintf("user%d", i) }
func cityOf(i int) string    { return cities[i%len(cities)] }
func ordersOf(i int) int     { return min(i, 3) }
func voucherOf(i int) string { return fmt.Sprintf("V-%04d", 37*i) }
