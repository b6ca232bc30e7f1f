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

// A census asks about goroutines that start and exit. Each announces its exit
// beforehand, so a goroutine that is called dead must have announced it. A round
// lasts longer than a life: most of those asked about are younger than the round,
// and some exit between the loads of ID and status.
func TestCensusNeverCallsTheLivingDead(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		type life struct {
			self
			leaving atomic.Bool // set by the goroutine as the last thing it does
		}
		const starters = 8
		lives := testkit.Scaled(t, 2000) // each; the census may ask for more
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
						assert.True(t, l.leaving.Load(), "goroutine %d was called dead", l.id)
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
