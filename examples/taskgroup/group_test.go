package main

import (
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
)

func TestAGroupWaitsForTasksOfTasks(t *testing.T) {
	saw := make(chan string, 2)
	runGroup(session, "alice", func(g *group) {
		g.goTask(func() {
			g.goTask(func() { saw <- session.Get() })
			saw <- session.Get()
		})
	})
	close(saw)
	n := 0
	for name := range saw {
		assert.Equal(t, "alice", name)
		n++
	}
	assert.Equal(t, 2, n)
	assert.Equal(t, users.NoUser, session.Get())
}

func TestAGroupEndsWithAPanicOfItsFunction(t *testing.T) {
	done := false
	assert.PanicsWithValue(t, "no more", func() {
		runGroup(session, "alice", func(g *group) {
			g.goTask(func() { done = true })
			panic("no more")
		})
	})
	assert.True(t, done, "it waits for its tasks nevertheless")
	assert.Equal(t, users.NoUser, session.Get())
}
