package main

import (
	"database/sql"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func guarded(t *testing.T) *sql.DB {
	db, err := open(&users.Check{Users: 2})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.close()) })
	return db.DB
}

const insert = "insert into invoices values (@tenant)"

// A querier is a database, a transaction or a connection.
type querier interface {
	Exec(query string, args ...any) (sql.Result, error)
	Query(query string, args ...any) (*sql.Rows, error)
	Prepare(query string) (*sql.Stmt, error)
}

// Every method that sends a query must be guarded.
func TestEveryWayIsGuarded(t *testing.T) {
	db := guarded(t)
	tx, err := db.Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	for name, q := range map[string]querier{"database": db, "transaction": tx} {
		ways := map[string]func(query string) error{
			"Exec":  func(query string) error { _, err := q.Exec(query); return err },
			"Query": func(query string) error { return closed(q.Query(query)) },
			"prepared Exec": func(query string) error {
				s, err := q.Prepare(query)
				require.NoError(t, err)
				defer s.Close()
				_, err = s.Exec()
				return err
			},
			"prepared Query": func(query string) error {
				s, err := q.Prepare(query)
				require.NoError(t, err)
				defer s.Close()
				return closed(s.Query())
			},
		}
		for way, do := range ways {
			assert.ErrorIs(t, do(careful), errNoTenant, "%s, %s", name, way)
			users.User.Run("alice", func() {
				assert.ErrorIs(t, do(forgetful), errForgotten, "%s, %s", name, way)
				assert.ErrorIs(t, do("select '@tenants'"), errForgotten, "%s, %s", name, way)
				assert.NoError(t, do(careful), "%s, %s", name, way)
				exempt.Run("a test", func() { assert.NoError(t, do(forgetful), "%s, %s", name, way) })
			})
		}
	}
}

func closed(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	return rows.Close()
}

func TestACallerCannotPassATenant(t *testing.T) {
	db := guarded(t)
	users.User.Run("alice", func() {
		_, err := db.Query(careful, sql.Named("tenant", "bruno"))
		assert.ErrorIs(t, err, errPassed)
	})
}

// A statement belongs to the tenant that executes it, not to the one that prepared it.
func TestAPreparedStatementIsForItsCaller(t *testing.T) {
	db := guarded(t)
	var s *sql.Stmt
	users.User.Run("alice", func() {
		var err error
		s, err = db.Prepare(careful)
		require.NoError(t, err)
	})
	defer s.Close()
	for _, name := range []string{"bruno", "alice"} {
		users.User.Run(name, func() {
			done := make(chan struct{})
			als.Go(func() {
				defer close(done)
				var found string
				assert.NoError(t, s.QueryRow().Scan(&found))
				assert.Equal(t, name, found)
			})
			<-done
		})
	}
}

func TestWritesAreOfTheTenant(t *testing.T) {
	db := guarded(t)
	users.User.Run("alice", func() {
		_, err := db.Exec(insert)
		require.NoError(t, err)
		assert.Equal(t, "invoices of alice, alice", invoices(db, careful))
	})
	users.User.Run("bruno", func() { assert.Equal(t, "invoices of bruno", invoices(db, careful)) })
}
