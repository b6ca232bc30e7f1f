package main

import (
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// later collects work that requests leave to be done after them.
type later struct {
	check *users.Check

	mu   sync.Mutex
	jobs []func()
}

func newLater(c *users.Check) *later { return &later{check: c} }

// after adds a job, bound to the context of the request. The job captures the name that
// it should see, for the check.
func (l *later) after(g *gin.Context) {
	name, who := users.Current(), users.Current
	job := func() { l.check.Saw("work after the request", name, who()) }
	if l.check.Wrong {
		who = func() string {
			if name := current.Get().GetHeader(users.Header); name != "" {
				return name
			}
			return users.NoUser
		}
		defer current.WithScope(g).End()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jobs = append(l.jobs, als.Bind(job))
}

func (l *later) run() {
	for _, job := range l.jobs {
		job()
	}
}
