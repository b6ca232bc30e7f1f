// Leak takes the goroutine leak profile of a program that works for several users, and
// groups it by user: Options.Label shows the store of a goroutine in its profiler labels,
// also in goroutines of plain go statements.
//
//	go run ./examples/leak
//
// searches for two users. Each search leaks a goroutine. First the storage has no Label,
// and the profile says only how many there are. Then the program leaves goroutines behind
// that only the goroutine profile has.
//
// The leak profile needs Go 1.27, or Go 1.26 with an experiment:
//
//	GOEXPERIMENT=goroutineleakprofile go run ./examples/leak
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit" // without it labels are not shown
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// labelled shows its stores in profiles. unlabelled does not.
var (
	labelled   = als.New(als.Options[string]{Name: "user", Label: func(name string) string { return name }})
	unlabelled = als.New(als.Options[string]{Name: "user"})
)

var errNoProfile = errors.New("this release of Go has no goroutine leak profile: it needs Go 1.27, or 1.26 with GOEXPERIMENT=goroutineleakprofile")

func run(args []string, stdout, stderr io.Writer) int {
	var wrong bool
	return cli.Program{
		Name:  "leak",
		Shows: "the goroutine leak profile says for which user each leaked goroutine was started",
		Flags: func(f *flag.FlagSet) {
			f.BoolVar(&wrong, "wrong", false, "have the check use a storage without a Label, too, to see it fail")
		},
		Run: func(out io.Writer) ([]string, error) {
			if pprof.Lookup(leaks) == nil {
				return nil, errNoProfile
			}
			if err := inherit.Status(); err != nil {
				return nil, err
			}
			shown := labelled
			if wrong {
				shown = unlabelled
			}
			return compare(out, shown)
		},
	}.Main(args, stdout, stderr)
}

// compare prints whose goroutines the profiles show, and checks all but the first.
func compare(out io.Writer, shown *als.Storage[string]) (problems []string, err error) {
	leaked, err := added(leaks, func() error { return searches(unlabelled) })
	if err != nil {
		return nil, err
	}
	part, _ := users(leaked)
	part.Wrong(out, "the storage has no Label")

	if leaked, err = added(leaks, func() error { return searches(shown) }); err != nil {
		return nil, err
	}
	part, problems = users(leaked)
	part.Right(out, "the storage has a Label")

	fmt.Fprintf(out, "\nNOT SEEN by the leak profile; the goroutine profile has them, by user:\n")
	for _, u := range unseen {
		var all map[string]int64
		leaked, err := added(leaks, func() (err error) {
			all, err = added("goroutine", func() error { return u.leave(shown) })
			return err
		})
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "  %s\n", u.what)
		if leaked["alice"] != 0 || all["alice"] != 1 {
			problems = append(problems, fmt.Sprintf("%s: %d leaked, %d in the goroutine profile, instead of 0 and 1",
				u.what, leaked["alice"], all["alice"]))
		}
	}
	fmt.Fprintf(out, "\nChecked: %s\n", cli.Verdict(problems, "the leak profile says whose goroutines have leaked, and does not see all"))
	return problems, nil
}

// users returns a line for each user, and the problems with it.
func users(leaked map[string]int64) (p cli.Part, problems []string) {
	for _, u := range []struct {
		name string
		want int64
	}{{"alice", 3}, {"bruno", 1}} {
		should := ""
		if got := leaked[u.name]; got != u.want {
			should = fmt.Sprint(u.want)
			problems = append(problems, fmt.Sprintf("%s: %d leaked instead of %d", u.name, got, u.want))
		}
		p.Add(fmt.Sprintf("%s: %d leaked", u.name, leaked[u.name]), should)
	}
	p.Add(fmt.Sprintf("of no user: %d leaked", leaked[""]), "")
	return p, problems
}
