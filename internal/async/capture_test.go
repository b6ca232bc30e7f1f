package async

import (
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Where there are no stores a capture is the zero Context, so that a goroutine that
// starts in it costs nothing.
func TestCaptureOfNothingIsEmpty(t *testing.T) {
	testkit.InGoroutine(func() {
		v, other := &variable[int]{}, &variable[int]{}
		assert.True(t, Capture().Empty(), "no record")
		v.run(1, func() { assert.False(t, Capture().Empty()) })
		assert.True(t, Capture().Empty(), "an empty inline cell")
		enter(Context{}, func() {
			assert.True(t, Capture().Empty(), "in the zero Context")
			v.exit(func() { assert.True(t, Capture().Empty()) })
		})
		v.set(1)
		v.key.Disable()
		assert.True(t, Capture().Empty(), "a stale inline cell")
		v.set(1)
		other.set(1)
		assert.False(t, Capture().Empty())
		v.key.Disable()
		other.key.Disable()
		v.exit(func() { assert.True(t, Capture().Empty(), "stale cells in an array") })
	})
}

// A capture of cells that were captured already is as careful as the first.
func TestCaptureOfCapturedCells(t *testing.T) {
	if !unused(t) { // a private key slows captures for good
		return
	}
	v := &variable[int]{revoke: true}
	testkit.InGoroutine(func() {
		v.set(1)
		n := v.scope(2)
		Capture()
		testkit.InGoroutine(func() { n.End() })
		enter(Capture(), func() { v.want(t, 1, "the scope has ended") })
	})
	own, other := &variable[int]{inherit: InheritNever}, &variable[int]{}
	testkit.InGoroutine(func() {
		other.set(1)
		enter(Context{}, func() { assert.True(t, Capture().Empty(), "noCells are no context") })
		own.set(2)
		Current().captureAll()
		c := Capture()
		assert.NotNil(t, c.CellOf(other.token()))
		assert.Nil(t, c.CellOf(own.token()), "a private store that a capture for its own goroutine has frozen")
	})
}
