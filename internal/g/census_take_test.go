package g_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/stretchr/testify/assert"
)

// After Take, Alive answers from one traceback of the goroutines that were alive then.
func TestTakenCensusAnswersFromOneTraceback(t *testing.T) {
	slowly(t)
	park := func() (id uint64, end func()) {
		ids, release, ended := make(chan uint64), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			ids <- goroutine.ID()
			<-release
		}()
		return <-ids, func() { close(release); <-ended }
	}
	before, endBefore := park()
	var census g.Census
	census.Take()
	endBefore()
	assert.True(t, census.Alive(0, before), "it was alive, and no second traceback was taken")
	after, endAfter := park()
	defer endAfter()
	census.Take() // does nothing
	assert.False(t, census.Alive(0, after), "it was not alive, and no second traceback was taken")
	assert.True(t, new(g.Census).Alive(0, after))
}

func TestCensusIsSlowExactlyWithoutAStatus(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		var census g.Census
		census.Take()
		assert.Equal(t, !g.StatusKnown(), census.IDs() != nil, "took a traceback")
		assert.True(t, census.Alive(g.Self()))
	})
}

// Alive denies a goroutine that its traceback lists once the caller has forgotten it.
func TestAForgottenGoroutineIsNotAlive(t *testing.T) {
	slowly(t)
	var census g.Census
	census.Take()
	assert.True(t, census.Alive(g.Self()))
	census.Forget(goroutine.ID())
	assert.False(t, census.Alive(g.Self()))
}
