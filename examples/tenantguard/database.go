package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // pure Go: the example needs no C compiler

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// A database is SQLite in a temporary file, with a guard unless the check must go wrong.
type database struct {
	*sql.DB
	dir string
}

func open(c *users.Check) (*database, error) {
	dir, err := os.MkdirTemp("", "tenantguard")
	if err != nil {
		return nil, err
	}
	db := &database{dir: dir}
	name := filepath.Join(dir, "example.sqlite")
	if db.DB, err = sql.Open("sqlite", name); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if !c.Wrong {
		plain := db.DB
		db.DB = sql.OpenDB(&guard{plain.Driver(), name})
		if err := plain.Close(); err != nil {
			return nil, errors.Join(err, db.close())
		}
	}
	if err := insertInvoices(db.DB, c.Users); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

func (db *database) close() error { return errors.Join(db.Close(), os.RemoveAll(db.dir)) }
