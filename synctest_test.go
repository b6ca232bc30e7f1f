//go:build go1.25

package goroutine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestNamesInsideASynctestBubble(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		var sleeper self
		synctest.Test(t, func(t *testing.T) {
			checkID(t)
			go func() {
				checkID(t)
				sleeper = ownSelf()
				time.Sleep(time.Hour) // by the bubble's clock
			}()
			synctest.Wait()
			assert.True(t, sleeper.alive())
			time.Sleep(2 * time.Hour)
			synctest.Wait()
		})
		awaitDeath(t, sleeper) // out here: in the bubble no time passes in a busy wait
	})
}
