package g_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Goroutines start and exit during a census. Each announces its exit beforehand, so a
// goroutine that is reported dead must have announced it. They are short: most are
// younger than the census, and some exit between its loads of ID and status.
func TestCensusReportsNoLiveGoroutineDead(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		type life struct {
			self
			leaving atomic.Bool // set by the goroutine as the last thing it does
		}
		const starters = 8
		lives := testkit.Scaled(t, 2000) // by each starter; more until enough is set
		var slots [starters]atomic.Pointer[life]
		var enough atomic.Bool
		var done sync.WaitGroup
		for i := range slots {
			done.Add(1)
			go func() {
				defer done.Done()
				for n := 0; n < lives || !enough.Load(); n++ {
					testkit.InGoroutine(func() {
						l := &life{self: ownSelf()}
						slots[i].Store(l) // paired with Load in the census
						testkit.Descend(n%64, func() {})
						if n%4 == 0 {
							runtime.Gosched()
						}
						l.leaving.Store(true)
					})
					if n%16 == 0 {
						runtime.Gosched()
					}
				}
			}()
		}
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			done.Wait()
		}()

		living, dead := 0, 0
		start := time.Now()
		testkit.UnderGC(func() {
			for !testkit.Closed(stopped) {
				var c g.Census
				for i := range slots {
					l := slots[i].Load()
					switch {
					case l == nil:
					case c.Alive(l.gp, l.id):
						living++
					default:
						dead++
						assert.True(t, l.leaving.Load(), "goroutine %d was reported dead", l.id)
					}
				}
				// Both answers must have been given often.
				if living >= 100 && dead >= 100 || time.Since(start) > 10*time.Second {
					enough.Store(true)
				}
				runtime.Gosched()
			}
		})
		assert.GreaterOrEqual(t, living, 100)
		assert.GreaterOrEqual(t, dead, 100)
		t.Logf("%d answers of alive, %d of dead", living, dead)
	})
}
