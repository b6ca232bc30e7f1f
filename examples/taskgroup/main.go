// Taskgroup runs a group of goroutines that share a session, and takes the session back
// from all of them when the group ends.
//
//	go run ./examples/taskgroup
//
// starts in each group a goroutine that the group does not wait for. First the session is
// an ordinary store, which that goroutine still uses after the group has ended. Then its
// storage has RevokeOnEnd.
package main

import (
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "taskgroup",
	Shows: "when a group of goroutines ends, its session is gone, also for a goroutine that was left behind",
	Wrong: "the session is an ordinary store, which stays with each goroutine that has it",
	Right: "the session is in a storage with RevokeOnEnd, whose Run ends with the group",
	Run:   run,
}

func main() { program.Main() }

// session and ordinary have the name of the user that is logged in. Only the stores of
// session are revoked.
var (
	session  = als.New(als.Options[string]{Name: "session", Default: users.NoUser, RevokeOnEnd: true})
	ordinary = als.New(als.Options[string]{Name: "session", Default: users.NoUser})
)

func run(c *users.Check) error {
	current := session
	if c.Wrong {
		current = ordinary
	}
	c.Each(func(name string) {
		ended, left := make(chan struct{}), make(chan struct{})
		saw := make([]string, 2)
		runGroup(current, name, func(g *group) {
			for i := range saw {
				g.goTask(func() { saw[i] = current.Get() })
			}
			g.goTask(func() {
				als.Go(func() { // the group does not wait for this goroutine
					defer close(left)
					<-ended
					after := current.Get()
					c.Compare(name, name+": a goroutine left behind saw "+after, users.NoUser, after)
				})
			})
		})
		c.Report(name, name+": the tasks saw "+saw[0]+", "+saw[1], saw...)
		close(ended)
		<-left
	})
	return nil
}
