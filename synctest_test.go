//go:build go1.25

package goroutine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

func TestNamesInsideASynctestBubble(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		testkit.InBubble(t, func(t *testing.T) {
			checkID(t)
			go func() {
				checkID(t)
				time.Sleep(time.Hour) // by the bubble's clock
			}()
			synctest.Wait()
			time.Sleep(2 * time.Hour)
			synctest.Wait()
		})
	})
}
