// Package users is what the examples have in common that do work for many users at
// once: the users, and the check that no work saw the data of another.
package users

import (
	"flag"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// User is the user whom the caller works for. Nothing in the examples passes it on.
var User als.Storage[string]

// Nobody is what work sees that is for no user.
const Nobody = "nobody"

// Current is the name of the user whom the caller works for, or Nobody.
func Current() string {
	if name, ok := User.GetStore(); ok {
		return name
	}
	return Nobody
}

// A Program is an example.
type Program struct {
	Name  string
	Wrong string // what the flag -wrong does, so that the check fails

	// Run does the work of the check's users and reports what it saw.
	Run func(c *Check) error
}

// Main is the program.
func (p Program) Main() { os.Exit(p.Execute(os.Args[1:], os.Stdout, os.Stderr)) }

// Execute returns the exit status: 1 if work saw the data of another user.
func (p Program) Execute(args []string, stdout, stderr io.Writer) int {
	c := &Check{seen: make(map[string]int)}
	return cli.Program{
		Name: p.Name,
		Flags: func(f *flag.FlagSet) {
			f.IntVar(&c.Users, "users", 8, "how many users there are, all at the same time")
			f.BoolVar(&c.Wrong, "wrong", false, p.Wrong+", to see the check fail")
		},
		Check: func() error { return cli.InRange("users", c.Users, 2, 1000) },
		Run: func(out io.Writer) ([]string, error) {
			c.out = out
			if err := p.Run(c); err != nil {
				return nil, err
			}
			c.missing()
			fmt.Fprintf(out, "users %d, sightings %d: %s\n", c.Users, c.sightings,
				cli.Verdict(c.problems, "everybody's work saw their own data"))
			return c.problems, nil
		},
	}.Main(args, stdout, stderr)
}

// A Check collects what work saw. It may be used by any number of goroutines.
type Check struct {
	Users int  // how many there are
	Wrong bool // whether to do it in the wrong way on purpose

	out       io.Writer
	mu        sync.Mutex // guards the rest
	seen      map[string]int
	sightings int
	problems  []string
}

// Name returns the name of the i-th user, from 0. All are of the same length, so that
// one in the memory of another looks whole.
func Name(i int) string { return fmt.Sprintf("user%04d", i+1) }

// Each calls work for every user, each in a goroutine and with the user's store, all
// at the same time, and waits for the end.
func (c *Check) Each(work func(name string)) {
	var all sync.WaitGroup
	for i := range c.Users {
		all.Add(1)
		go User.Run(Name(i), func() {
			defer all.Done()
			work(Name(i))
		})
	}
	all.Wait()
}

// Saw reports what some work of a user saw.
func (c *Check) Saw(where, name, saw string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sightings++
	c.seen[name]++
	line := fmt.Sprintf("%-8s %s saw %s", name, where, saw)
	fmt.Fprintln(c.out, line)
	if saw != name {
		c.problems = append(c.problems, line)
	}
}

// missing makes a problem of users for whom nothing was seen: a check of nothing
// finds nothing.
func (c *Check) missing() {
	for i := range c.Users {
		if c.seen[Name(i)] == 0 {
			c.problems = append(c.problems, Name(i)+" was not seen at all")
		}
	}
}
