// Cron runs jobs of github.com/robfig/cron/v3 in the context in which they were
// scheduled, each run anew.
//
//	go run ./examples/cron
//
// first schedules them unbound. They run without stores, and know no user.
package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "cron",
	Shows: "jobs of github.com/robfig/cron know the user who scheduled them, at each of their runs",
	Wrong: "the jobs run in goroutines of the scheduler, which have no stores",
	Right: "the jobs are bound with als.Bind, and leave nothing to their next run",
	Run:   run,
}

func main() { program.Main() }

// often is a schedule of a run each millisecond.
type often struct{}

func (often) Next(t time.Time) time.Time { return t.Add(time.Millisecond) }

// runs is how often each job runs.
const runs = 3

func run(c *users.Check) error {
	scheduler := cron.New()
	var jobs []*job
	var mu sync.Mutex // guards jobs
	c.Each(func(name string) {
		j := &job{name: name, done: make(chan struct{})}
		mu.Lock()
		jobs = append(jobs, j)
		mu.Unlock()
		fn := j.run
		if !c.Wrong {
			fn = als.Bind(fn)
		}
		//alsvet:ignore it is bound, unless it is to go wrong
		scheduler.Schedule(often{}, cron.FuncJob(fn))
	})
	scheduler.Start()
	for _, j := range jobs {
		<-j.done
	}
	<-scheduler.Stop().Done()
	for _, j := range jobs {
		c.Report(j.name, fmt.Sprintf("job of %s: its runs saw %s", j.name, strings.Join(j.saw, ", ")), j.saw...)
	}
	return nil
}

// A job records the users that its first runs see.
type job struct {
	name string
	done chan struct{} // closed after these runs

	mu  sync.Mutex // a run can begin before the last has ended
	saw []string
}

func (j *job) run() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.saw) == runs {
		return
	}
	j.saw = append(j.saw, users.Current())
	//alsvet:ignore a bound job leaves nothing to its next run, which this shows
	users.User.EnterWith("left behind")
	if len(j.saw) == runs {
		close(j.done)
	}
}
