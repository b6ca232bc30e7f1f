package main

import (
	"errors"
	"io"
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func userOf(err error) (name string) {
	inContextOf(err, func() { name = users.Current() })
	return name
}

func TestTheInnermostSnapshotIsKept(t *testing.T) {
	err := try(func() {
		users.User.Run("outer", func() {
			defer carry()
			users.User.Run("inner", func() {
				defer carry()
				panic(io.ErrUnexpectedEOF)
			})
		})
	})
	assert.Equal(t, "inner", userOf(err))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.EqualError(t, err, io.ErrUnexpectedEOF.Error())
	var p *panicked
	require.ErrorAs(t, err, &p)
	assert.Contains(t, string(p.stack), "TestTheInnermostSnapshotIsKept")
	assert.Equal(t, users.NoUser, users.Current(), "nothing is left behind")
}

func TestAPanicThatDoesNotCarryItsStores(t *testing.T) {
	err := try(func() { users.User.Run("alice", func() { panic("no error") }) })
	assert.Equal(t, users.NoUser, userOf(err))
	assert.EqualError(t, err, "no error")
	assert.NoError(t, errors.Unwrap(err))
}

func TestWithoutAPanic(t *testing.T) {
	assert.NoError(t, try(func() { defer carry() }))
	users.User.Run("alice", func() { assert.Equal(t, "alice", userOf(io.EOF), "an error of another kind") })
}
