// Testclock makes the IDs and the time of one request deterministic, for a test, while
// all other requests of the program have random IDs and the time of the clock.
//
//	go run ./examples/testclock
//
// places orders for many users at the same time, of which every second is under test.
// First the source of IDs and the clock are variables of the package. The test replaces
// them for the whole program, so that other users' orders get the test's IDs. Then they
// are stores. See order_test.go for a test that uses them.
package main

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "testclock",
	Shows: "IDs and time are fixed for the order that is under test, and for no other",
	Wrong: "the source of IDs and the clock are variables, which a test replaces",
	Right: "they are stores, which a test sets for the work that it runs",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	test, others := inTest, placeOrder
	if c.Wrong {
		test, others = inTestWithVariables, placeOrderWithVariables
	}
	orders := make([]order, c.Users)
	testing := make(chan struct{}) // closed once a test has fixed its IDs and its time
	begin := sync.OnceFunc(func() { close(testing) })
	var ordered sync.WaitGroup // orders that are not under test; the tests wait for them
	ordered.Add(c.Users / 2)
	c.Together(func(i int) {
		if i%2 == 0 {
			test(func() {
				begin()
				ordered.Wait()
				orders[i] = others()
			})
			return
		}
		defer ordered.Done()
		<-testing
		orders[i] = others()
	})
	for i, o := range orders {
		what, want := "an order", "a random ID and the current time"
		if i%2 == 0 {
			what, want = "an order under test", fmt.Sprintf("ID %s and the time %s", fixedID(), fixedTime.Format("15:04:05"))
		}
		saw := o.String()
		c.Compare(users.Name(i), fmt.Sprintf("%s, %s: %s", users.Name(i), what, saw), want, saw)
	}
	return nil
}
