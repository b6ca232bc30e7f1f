// Singleflight asks for the same page for several users at the same time. The first one,
// the leader, makes it; the others, the followers, wait for the leader's page.
//
//	go run ./examples/singleflight
//
// first makes the page in the context of the leader, so it greets the leader, and the
// followers get it. Then it makes the page without stores and greets each user
// afterwards.
package main

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "singleflight",
	Shows: "one user leads a golang.org/x/sync/singleflight call, the others follow, and none gets a page made for the leader",
	Wrong: "the shared call reads the leader's store",
	Right: "the shared call runs without stores; each user adds its own name afterwards",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	var group singleflight.Group
	leads := make(chan struct{}) // closed once the leader's call has begun
	var asked sync.WaitGroup     // users who have not asked yet: the call waits for them
	asked.Add(c.Users)

	fetch := func() (any, error) {
		close(leads)
		asked.Wait()
		return "welcome " + users.Current(), nil
	}
	pages := make([]string, c.Users)
	c.Together(func(i int) {
		if i > 0 {
			<-leads
		}
		share := fetch
		if !c.Wrong {
			// Without stores no user's data can get into what all users get.
			share = func() (page any, err error) {
				als.ExecutionContext{}.Run(func() { page, err = fetch() })
				return page, err
			}
		}
		// DoChan makes the call in a goroutine, which starts without stores. Bound, the
		// call sees what it would see with Do, the leader's.
		answer := group.DoChan("page", als.Bind(share))
		asked.Done()
		page := (<-answer).Val.(string)
		pages[i] = strings.Replace(page, users.NoUser, users.Current(), 1)
	})
	for i, page := range pages {
		name, role := users.Name(i), "a follower"
		if i == 0 {
			role = "the leader"
		}
		c.Report(name, fmt.Sprintf("%s, %s, gets %q", name, role, page), strings.TrimPrefix(page, "welcome "))
	}
	return nil
}
