// Cpuprofile takes a CPU profile of a program that works for several users, and groups
// it by user: Options.Label shows the store of a goroutine in its profiler labels.
//
//	go run ./examples/cpuprofile
//
// works for two users, alice three times as much as bruno, in goroutines of plain go
// statements. First the storage has no Label, and the profile cannot tell the users apart.
//
//	go run ./examples/cpuprofile -o cpu.pprof
//	go tool pprof -top -tagfocus=user=alice cpu.pprof
//	go tool pprof -tagroot=user -http=: cpu.pprof
//
// also writes the profile with labels to a file.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/google/pprof/profile"

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

func run(args []string, stdout, stderr io.Writer) int {
	var file string
	var wrong bool
	return cli.Program{
		Name:  "cpuprofile",
		Shows: "a CPU profile says for which user the time was spent, also in goroutines of plain go statements",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&file, "o", "", "write the profile to this `file`, too")
			f.BoolVar(&wrong, "wrong", false, "have the check use a storage without a Label, too, to see it fail")
		},
		Run: func(out io.Writer) ([]string, error) {
			if err := inherit.Status(); err != nil {
				return nil, err
			}
			shown := labelled
			if wrong {
				shown = unlabelled
			}
			return compare(out, shown, file)
		},
	}.Main(args, stdout, stderr)
}

// compare prints whose work the profiles show, and checks the second one.
func compare(out io.Writer, shown *als.Storage[string], file string) (problems []string, err error) {
	p, err := profileOf(func() { work(unlabelled) })
	if err != nil {
		return nil, err
	}
	wrong, _ := part(shares(p))
	wrong.Wrong(out, "the storage has no Label")

	if p, err = profileOf(func() { work(shown) }); err != nil {
		return nil, err
	}
	if err := write(p, file); err != nil {
		return nil, err
	}
	right, problems := part(shares(p))
	right.Right(out, "the storage has a Label")
	fmt.Fprintf(out, "\nChecked: %s\n", cli.Verdict(problems, "the profile says for which user the time was spent"))
	return problems, nil
}

// part returns a line for each user, and the problems with it.
func part(share map[string]float64) (p cli.Part, problems []string) {
	for _, u := range []struct{ name, want string }{{"alice", "most of the time"}, {"bruno", "some of the time"}} {
		got, should := describe(share[u.name]), ""
		if got != u.want {
			should = u.want
			problems = append(problems, fmt.Sprintf("%s: %s instead of %s", u.name, got, u.want))
		}
		p.Add(u.name+": "+got, should)
	}
	return p, problems
}

// describe returns a text about a share that is the same in each run.
func describe(share float64) string {
	switch {
	case share > 0.5:
		return "most of the time"
	case share > 0.05:
		return "some of the time"
	}
	return "none of the time"
}

func write(p *profile.Profile, file string) error {
	if file == "" {
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := p.Write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
