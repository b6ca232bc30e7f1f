//go:build go1.25

package inherit_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWaitGroupGo(t *testing.T) {
	in("starter", func() {
		var wg sync.WaitGroup
		wg.Go(func() { assert.Equal(t, "starter", place.Get()) })
		wg.Wait()
	})
}
