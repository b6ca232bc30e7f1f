package goroutine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// After Take the answers come from one traceback, of those who were there.
func TestTakenCensusAnswersFromOneTraceback(t *testing.T) {
	forceLayout(t, Layout{}, goidID)
	park := func() (id uint64, end func()) {
		ids, release, ended := make(chan uint64), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			ids <- ID()
			<-release
		}()
		return <-ids, func() { close(release); <-ended }
	}
	before, endBefore := park()
	var census Census
	assert.True(t, census.Slow())
	census.Take()
	endBefore()
	assert.True(t, census.Alive(nil, before), "it was there, and nobody looked again")
	after, endAfter := park()
	defer endAfter()
	assert.False(t, census.Alive(nil, after), "it was not there, and nobody looked again")
	assert.True(t, new(Census).Alive(nil, after))
}

func TestCensusIsSlowExactlyWithoutAStatus(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		var census Census
		assert.Equal(t, layout.StatusOffset == 0, census.Slow())
		census.Take()
		assert.Equal(t, census.Slow(), census.listed != nil, "took a traceback")
		assert.True(t, census.Alive(Self()))
	})
}
