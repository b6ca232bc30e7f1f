// Fieldstudy runs alsvet on modules of other authors, as if they used als:
//
//	go run ./internal/fieldstudy [-reading name] [-only name] [-dir path] [-findings] [-score | -cost]
//
// For each it takes the module from the module proxy, adds a file with a storage to
// each package, runs its tests, counts the findings of the two drivers, applies the
// fixes, and runs the tests again. It fails if the drivers disagree, if the fixed code
// does not compile, or if a package fails its tests that passed them before.
//
// With -findings it only prints the findings of this source's analyzers, each with its verdict
// in docs/alsvet-field-study.tsv. With -score it counts these verdicts by reading, and prints
// the findings without one:
//
//	go run ./internal/fieldstudy -score -reading seventh
//
// With -cost it prints the time and memory that alsvet takes, as key=value, and fails if
// that is more than 850 MB:
//
//	go run ./internal/fieldstudy -cost -only grpc
//
// A module that fails is reported, and the others are studied. Studies with -findings or
// -score may use a directory at the same time: they only read the copies in it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	name := flag.String("reading", "", "study the modules of this `reading`: first, heldout, second, third and so on (default: all)")
	only := flag.String("only", "", "study the modules whose path contains this `text`")
	dir := flag.String("dir", "", "work in this `directory` and leave it, with the changed modules")
	findings := flag.Bool("findings", false, "print each finding with its verdict, and do no more")
	score := flag.Bool("score", false, "compare the findings with the verdicts, and do no more")
	costs := flag.Bool("cost", false, "measure time and memory, and do no more")
	flag.Parse()
	if flag.NArg() > 0 {
		misuse(fmt.Errorf("unexpected argument %q", flag.Arg(0)))
	}
	studied, err := readings(*name, *only)
	if err != nil {
		misuse(err)
	}
	err = within(*dir, func(s *study) error {
		if *findings || *score {
			return s.scores(studied, *findings, *score)
		}
		if err := s.build(); err != nil {
			return err
		}
		if *costs {
			return each(studied, func(_ string, m module) error { return s.cost(m) })
		}
		printHead()
		return each(studied, func(_ string, m module) error { return s.whole(m) })
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "fieldstudy:", err)
		os.Exit(1)
	}
}

func misuse(err error) {
	fmt.Fprintln(os.Stderr, "fieldstudy:", err)
	os.Exit(2)
}

// within calls do with a study in the directory, or in a temporary one for "".
func within(dir string, do func(*study) error) error {
	temp, err := os.MkdirTemp("", "fieldstudy")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if dir == "" {
		dir = temp
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := command(".", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/seed-1938943e/goroutine")
	if err != nil {
		return err
	}
	return do(&study{work: dir, root: strings.TrimSpace(root), alsvet: filepath.Join(temp, "alsvet")})
}

func (s *study) build(flags ...string) error {
	args := append([]string{"build", "-o", s.alsvet}, flags...)
	_, err := command(".", "go", append(args, "github.com/seed-1938943e/goroutine/cmd/alsvet")...)
	return err
}

// each studies all modules. It prints what fails, and goes on.
func each(studied []reading, study func(reading string, m module) error) error {
	failed := 0
	for _, r := range studied {
		for _, m := range r.modules {
			if err := study(r.name, m); err != nil {
				fmt.Fprintf(os.Stderr, "fieldstudy: %s: %v\n", m, err)
				failed++
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d modules failed", failed)
	}
	return nil
}
