package main

import (
	"errors"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATransactionEndsAsItsWorkDoes(t *testing.T) {
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
		assert.Equal(t, []string{users.Nobody}, owners("outside"))

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

func TestATransactionFollowsItsGoroutinesAndIsGoneAfterwards(t *testing.T) {
	db, err := open(new(users.Check))
	require.NoError(t, err)
	defer func() { assert.NoError(t, db.close()) }()
	ended, seen := make(chan struct{}), make(chan bool)
	assert.NoError(t, db.inTransaction(func() error {
		als.Go(func() {
			seen <- db.current.get() != nil
			<-ended
			seen <- db.current.get() != nil
		})
		assert.True(t, <-seen)
		return nil
	}))
	close(ended)
	assert.False(t, <-seen)
}
