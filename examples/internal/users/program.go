package users

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// A Program is an example that does the same work twice for two users, one after the
// other, and prints the sightings: first in a way that mixes their data up, then in the
// right way. Then it does the work for many users at the same time, and checks the
// sightings without printing them.
type Program struct {
	Name  string
	Shows string // the subject of the example, in one sentence
	Wrong string // how the work is done in the first part
	Right string // how it is done in the second part

	// Run does the work of the check's users and reports the sightings.
	Run func(c *Check) error
}

// Main runs the program and exits.
func (p Program) Main() { os.Exit(p.Execute(os.Args[1:], os.Stdout, os.Stderr)) }

// Execute returns the exit status: 1 if some work saw another user's data where it
// should not, or if the wrong way went right.
func (p Program) Execute(args []string, stdout, stderr io.Writer) int {
	many := new(Check)
	return cli.Program{
		Name:  p.Name,
		Shows: p.Shows,
		Flags: func(f *flag.FlagSet) {
			f.IntVar(&many.Users, "users", 50, "how many users there are in the check, all at the same time")
			f.BoolVar(&many.Wrong, "wrong", false, "have the check do it in the wrong way, too, to see it fail")
		},
		Check: func() error { return cli.InRange("users", many.Users, 2, 1000) },
		Run: func(out io.Writer) ([]string, error) {
			wrong, err := p.tryWrong()
			if err != nil {
				return nil, err
			}
			wrong.part.Wrong(out, p.Wrong)

			right := &Check{Users: 2, inTurn: true}
			if err := p.Run(right); err != nil {
				return nil, err
			}
			right.part.Right(out, p.Right)

			if err := p.Run(many); err != nil {
				return nil, err
			}
			problems := append(right.problems(), many.problems()...)
			if len(wrong.problems()) == 0 {
				problems = append(problems, "the wrong way went right, so the check shows nothing")
			}
			fmt.Fprintf(out, "\nChecked with %d users at the same time, %d sightings: %s\n", many.Users, many.sightings,
				cli.Verdict(problems, "all work saw its own user's data"))
			return problems, nil
		},
	}.Main(args, stdout, stderr)
}

const tries = 100

// tryWrong does the work of the first part until a sighting is wrong. If that depends on
// reused memory it may take more than one try.
func (p Program) tryWrong() (c *Check, err error) {
	for range tries {
		c = &Check{Users: 2, Wrong: true, inTurn: true}
		if err = p.Run(c); err != nil || len(c.problems()) > 0 {
			break
		}
	}
	return c, err
}
