package testkit

import (
	"bytes"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAwaitState(t *testing.T) {
	ids, release, ended := make(chan uint64), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ids <- idInTraceback()
		<-release
	}()
	id := <-ids
	AwaitState(t, id, "chan receive")
	assert.Equal(t, "chan receive", State(id))
	close(release)
	<-ended
	Eventually(t, "it is not listed", func() bool { return State(id) == "" })
	assert.Equal(t, "running", State(idInTraceback()))
}

// idInTraceback returns the ID of the calling goroutine.
func idInTraceback() uint64 {
	buf := make([]byte, 64)
	buf = buf[:runtime.Stack(buf, false)]
	id, _ := strconv.ParseUint(string(bytes.Fields(buf)[1]), 10, 64)
	return id
}
