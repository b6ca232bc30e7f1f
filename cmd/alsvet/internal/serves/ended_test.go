package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

const loops = `type conn struct { r remote; in chan int }
	func (c *conn) send(n int, quit chan struct{}) {
		for { select { case <-quit: return; default: c.r.Tell(n) } }
	}
	func (c *conn) receive(quit chan struct{}) { defer close(quit); for n := range c.in { c.r.Tell(n) } }
	func (c *conn) tell(n int, quit chan struct{}) { defer close(quit); c.r.Tell(n) }
	`

// A loop that another goroutine ends lasts as long as that one.
func TestEndedElsewhere(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"by a loop for all": {loops + `func (c *conn) start(n int) { quit := make(chan struct{}); go c.send(n, quit); go c.receive(quit) }`,
			serves.Unclear, "which another goroutine does"},
		"by a literal": {loops + `func (c *conn) start(n int) {
				quit := make(chan struct{})
				go c.send(n, quit)
				go func() { for n := range c.in { c.r.Tell(n) }; close(quit) }()
			}`,
			serves.Unclear, "which another goroutine does"},
		"by one that cancels": {`import "context"
			` + loops + `func (c *conn) start(n int) {
				x, cancel := context.WithCancel(context.Background())
				go func() { for { select { case <-x.Done(): return; default: c.r.Tell(n) } } }()
				go func() { defer cancel(); for n := range c.in { c.r.Tell(n) } }()
			}`,
			serves.Unclear, "which another goroutine does"},
		"by one that this call bounds": {loops + `func (c *conn) start(n int) { quit := make(chan struct{}); go c.send(n, quit); go c.tell(n, quit) }`,
			serves.Starter, ""},
		"by the starter, too": {loops + `func (c *conn) start(n int) {
				quit := make(chan struct{})
				go c.send(n, quit)
				go c.receive(quit)
				close(quit)
			}`,
			serves.Starter, ""},
		"that the starter waits for": {loops + `func (c *conn) start(n int) {
				quit, done := make(chan struct{}), make(chan struct{})
				go func() { c.send(n, quit); close(done) }()
				go c.receive(quit)
				<-done
			}`,
			serves.Starter, ""},
		"by the clock, until the caller ends it": {`import ("context"; "time")
			` + loops + `func (c *conn) start(n int) func() {
				x, cancel := context.WithCancel(context.Background())
				go func() {
					t := time.NewTicker(1)
					for { select { case <-x.Done(): return; case <-t.C: c.r.Tell(n) } }
				}()
				return cancel
			}`,
			serves.Unclear, "with what start returns"},
		"by the clock, until a value ends it": {`import ("context"; "time")
			type lease struct { cancel func() }
			` + loops + `func (c *conn) start(n int) *lease {
				x, cancel := context.WithCancel(context.Background())
				l := &lease{cancel: cancel}
				go func() {
					t := time.NewTicker(1)
					for { select { case <-x.Done(): return; case <-t.C: c.r.Tell(n) } }
				}()
				return l
			}`,
			serves.Unclear, "with what start returns"},
		"by the clock, until a literal ends it": {`import ("sync"; "time")
			` + loops + `func (c *conn) start(n int) (stop func()) {
				done := make(chan struct{})
				var once sync.Once
				stop = func() { once.Do(func() { close(done) }) }
				go func() {
					t := time.NewTicker(1)
					for { select { case <-done: return; case <-t.C: c.r.Tell(n) } }
				}()
				return stop
			}`,
			serves.Unclear, "with what start returns"},
		"by the clock, until this call ends it": {`import ("context"; "time")
			` + loops + `func (c *conn) start(n int) {
				x, cancel := context.WithCancel(context.Background())
				defer cancel()
				go func() {
					t := time.NewTicker(1)
					for { select { case <-x.Done(): return; case <-t.C: c.r.Tell(n) } }
				}()
			}`,
			serves.Starter, ""},
		"a loop that works until the caller ends it": {`import "context"
			` + loops + `func (c *conn) start(n int) func() {
				x, cancel := context.WithCancel(context.Background())
				go func() { for { select { case <-x.Done(): return; default: c.r.Tell(n) } } }()
				return cancel
			}`,
			serves.Starter, ""},
		"goroutines that end each other": {loops + `func (c *conn) start(n int) {
				a, b := make(chan struct{}), make(chan struct{})
				go func() { defer close(b); c.send(n, a) }()
				go func() { defer close(a); c.send(n, b) }()
			}`,
			serves.Unclear, "which another goroutine does"},
	}))
	idles(t, map[string]idleCase{
		"a ticker": {`import "time"
			` + loops + `func (c *conn) start(n int) {
				quit := make(chan struct{})
				go c.beat(quit)
				go c.receive(quit)
			}
			func (c *conn) beat(quit chan struct{}) {
				t := time.NewTicker(1)
				for { select { case <-t.C: if _, err := c.r.Load(""); err != nil { return }; case <-quit: return } }
			}`,
			serves.Unclear, true},
		"a loop that works": {loops + `func (c *conn) start(n int) { quit := make(chan struct{}); go c.send(n, quit); go c.receive(quit) }`,
			serves.Unclear, false},
	})
}
