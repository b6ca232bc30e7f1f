package goroutine

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIDIsTheOneInTheTraceback(t *testing.T) {
	check := func() {
		assert.Equal(t, tracebackID(), ID())
		assert.Equal(t, portableID(), ID())
		_, id := Self()
		assert.Equal(t, ID(), id)
	}
	check()
	var all sync.WaitGroup
	for range 100 {
		all.Add(1)
		go func() {
			defer all.Done()
			check()
		}()
	}
	all.Wait()
}
