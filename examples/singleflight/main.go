// Singleflight is golang.org/x/sync/singleflight: who asks for what is being fetched
// already waits for the first one's result. What fetches runs in the context of that
// first one, the leader, and its result goes to all. So it must not depend on who
// asks: here it runs without stores, and what is the user's own is done after it.
//
//	go run ./examples/singleflight
//
// With -wrong what fetches looks at the leader's store, and all followers get a page
// for the leader.
package main

import (
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "singleflight", Wrong: "use a store in what all share", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	var group singleflight.Group
	var asked sync.WaitGroup // so that all ask while the first is being answered
	asked.Add(c.Users)

	fetch := func() (any, error) {
		asked.Wait()
		return "welcome " + users.Current(), nil
	}
	c.Each(func(name string) {
		share := fetch
		if !c.Wrong {
			// The zero ExecutionContext has no stores, so nobody's can get into what
			// everybody gets.
			share = func() (page any, err error) {
				als.ExecutionContext{}.Run(func() { page, err = fetch() })
				return page, err
			}
		}
		// DoChan starts a goroutine, without stores, for the leader only: bound, fetch
		// sees what it would see with Do.
		answer := group.DoChan("page", als.Bind(share))
		asked.Done()
		page := (<-answer).Val.(string)
		page = strings.Replace(page, users.Nobody, users.Current(), 1)
		c.Saw("page", name, strings.TrimPrefix(page, "welcome "))
	})
	return nil
}
