package users

import (
	"fmt"
	"slices"
	"sync"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// A Check collects sightings: which user some work saw. Any number of goroutines may use
// it at once.
type Check struct {
	Users int  // how many there are
	Wrong bool // whether to do the work in the wrong way

	inTurn bool // whether Each calls work for one user after the other

	mu        sync.Mutex // guards the rest
	part      cli.Part
	seen      map[string]int // by user
	wrong     []string       // the lines of work that saw another user's data
	sightings int
}

// InTurn reports whether the users work one after the other, so that the output is
// always the same.
func (c *Check) InTurn() bool { return c.inTurn }

// Each calls work for every user, each in a goroutine and with the user's store, and
// waits for the end. The users work at the same time, unless the check is InTurn.
func (c *Check) Each(work func(name string)) {
	if c.inTurn {
		for i := range c.Users {
			done := make(chan struct{})
			go User.Run(Name(i), func() {
				defer close(done)
				work(Name(i))
			})
			<-done
		}
		return
	}
	c.Together(func(i int) { work(Name(i)) })
}

// Together is Each with all users at the same time even if the check is InTurn, for
// work in which users wait for each other. work gets the number of the user.
func (c *Check) Together(work func(i int)) {
	var all sync.WaitGroup
	for i := range c.Users {
		all.Add(1)
		go User.Run(Name(i), func() {
			defer all.Done()
			work(i)
		})
	}
	all.Wait()
}

// Saw reports the user that some work saw. It should be name, whose work it was.
func (c *Check) Saw(where, name, saw string) {
	c.Report(name, fmt.Sprintf("%-7s %s saw %s", name+":", where, saw), saw)
}

// Report is Saw with the text that is printed, for work that saw several things.
func (c *Check) Report(name, text string, saw ...string) {
	c.Compare(name, text, name, saw...)
}

// Compare is Report for work that should see something other than the user's name.
func (c *Check) Compare(name, text, want string, saw ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = make(map[string]int)
	}
	c.seen[name]++
	c.sightings += len(saw)
	should := ""
	if slices.ContainsFunc(saw, func(s string) bool { return s != want }) {
		should = want
		c.wrong = append(c.wrong, text+"   <- should be "+want)
	}
	c.part.Add(text, should)
}

// Note prints a line that is not a sighting.
func (c *Check) Note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.part.Add(fmt.Sprintf(format, args...), "")
}

// problems returns the wrong sightings, and the users without any: a check without
// sightings would never fail.
func (c *Check) problems() []string {
	problems := c.wrong
	for i := range c.Users {
		if c.seen[Name(i)] == 0 {
			problems = append(problems, Name(i)+" was not seen at all")
		}
	}
	return problems
}
