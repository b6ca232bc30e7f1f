package g

import (
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Waits is true while a goroutine is parked, and false when it runs or has ended.
func TestWaits(t *testing.T) {
	if !StatusKnown() {
		assert.False(t, Waits(0, 1))
		t.Skip("the status of a goroutine is not known here")
	}
	self, id := Self()
	assert.False(t, Waits(self, id), "the caller runs")
	names, end := make(chan [2]uintptr), make(chan struct{})
	go func() {
		g, id := Self()
		names <- [2]uintptr{g, uintptr(id)}
		<-end
	}()
	n := <-names
	testkit.Eventually(t, "it is parked", func() bool { return Waits(n[0], uint64(n[1])) })
	assert.False(t, Waits(n[0], uint64(n[1])+1), "another goroutine")
	close(end)
	testkit.Eventually(t, "it has ended", func() bool { return !Waits(n[0], uint64(n[1])) })
}
