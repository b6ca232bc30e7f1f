// Cron is jobs of github.com/robfig/cron that belong to whoever scheduled them: the
// scheduler runs them on goroutines of its own, bound they have their user's stores,
// each time anew.
//
//	go run ./examples/cron
//
// With -wrong the jobs are not bound, and work for nobody.
package main

import (
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "cron", Wrong: "do not bind the jobs", Run: run}

func main() { program.Main() }

// often is a schedule for programs that cannot wait a second.
type often struct{}

func (often) Next(t time.Time) time.Time { return t.Add(time.Millisecond) }

// runs is how often each job runs.
const runs = 3

func run(c *users.Check) error {
	scheduler := cron.New()
	var finished sync.WaitGroup
	c.Each(func(name string) {
		finished.Add(runs)
		left := runs
		var mu sync.Mutex
		job := func() {
			mu.Lock() // a run can begin before the last has ended
			defer mu.Unlock()
			if left == 0 {
				return
			}
			left--
			c.Saw("job", name, users.Current())
			//alsvet:ignore it shows that a bound job leaves nothing to its next run
			users.User.EnterWith("left behind") // does not reach the next run
			finished.Done()
		}
		if !c.Wrong {
			job = als.Bind(job)
		}
		scheduler.Schedule(often{}, cron.FuncJob(job))
	})
	scheduler.Start()
	finished.Wait()
	<-scheduler.Stop().Done()
	return nil
}
