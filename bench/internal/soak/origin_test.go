package soak

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A report names the ancestors of the goroutine, by which they can be repeated.
func TestOrigin(t *testing.T) {
	root := &goroutine{world: &world{}, serial: 1}
	root.note("Run")
	root.note("go")
	child := &goroutine{world: root.world, serial: 7, from: root.origin()}
	child.note("als.Go")
	assert.Equal(t, ", started after step 1, als.Go, of goroutine 7, started after step 2, go, of goroutine 1", child.origin().String())
	assert.Empty(t, root.from.String())
}
