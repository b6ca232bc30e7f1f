package main

import (
	"errors"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATransactionIsCommittedOrRolledBack(t *testing.T) {
	db, err := open(new(users.Check))
	require.NoError(t, err)
	defer func() { assert.NoError(t, db.close()) }()
	insert := func(user string) { require.NoError(t, db.insert(user, "bread")) }
	owners := func(user string) []string {
		owners, err := db.ownersOf(user)
		require.NoError(t, err)
		return owners
	}
	users.User.Run("alice", func() {
		insert("outside")
		assert.Equal(t, []string{users.NoUser}, owners("outside"))

		assert.NoError(t, db.inTransaction(func() error { insert("committed"); return nil }))
		assert.Equal(t, []string{"alice"}, owners("committed"))

		failed := errors.New("failed")
		assert.ErrorIs(t, db.inTransaction(func() error { insert("failed"); return failed }), failed)
		assert.PanicsWithValue(t, "panic", func() {
			db.inTransaction(func() error { insert("panicked"); panic("panic") })
		})
		assert.ErrorIs(t, db.inTransaction(func() error {
			assert.NoError(t, db.inTransaction(func() error { insert("inner"); return nil }))
			return failed
		}), failed)
		for _, gone := range []string{"failed", "panicked", "inner"} {
			assert.Empty(t, owners(gone), gone)
		}
		assert.Nil(t, db.current.get())
	})
}

func TestATransactionIsNotInherited(t *testing.T) {
	db, err := open(new(users.Check))
	require.NoError(t, err)
	defer func() { assert.NoError(t, db.close()) }()
	users.User.Run("alice", func() {
		written := make(chan error)
		failed := errors.New("failed")
		assert.ErrorIs(t, db.inTransaction(func() error {
			assert.NoError(t, db.insert("order", "bread"))
			seen := make(chan bool)
			audit := als.Bind(func() {
				seen <- db.current.get() != nil
				written <- db.insert("audit", "bread") // waits for the one connection
			})
			als.Go(audit)
			assert.False(t, <-seen)
			assert.NotNil(t, db.current.get())
			return failed
		}), failed)
		require.NoError(t, <-written)
		owners, err := db.ownersOf("audit")
		require.NoError(t, err)
		assert.Equal(t, []string{users.NoUser}, owners, "the rollback is not the goroutine's")
		owners, err = db.ownersOf("order")
		require.NoError(t, err)
		assert.Empty(t, owners)
	})
}
