package main

import (
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// later is work that requests leave for when they are over.
type later struct {
	check *users.Check

	mu   sync.Mutex
	jobs []func()
}

func newLater(c *users.Check) *later { return &later{check: c} }

// after leaves a job. It runs in the context of the request, which is over by then;
// the name that it should see is told to it for the check.
func (l *later) after(g *gin.Context) {
	name, who := users.Current(), users.Current
	job := func() { l.check.Saw("later", name, who()) }
	if l.check.Wrong {
		who = func() string {
			if name := current.Get().GetHeader(users.Header); name != "" {
				return name
			}
			return users.Nobody
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
