// Fieldstudy runs alsvet on modules of other authors, as if they used als:
//
//	go run ./internal/fieldstudy [-reading name] [-only name] [-dir path] [-alsvet path] [-findings] [-score | -cost]
//
// For each it takes the module from the module proxy, adds a file with a storage to
// each package, runs its tests, counts the findings of the two drivers, applies the
// fixes, and runs the tests again. It fails if the drivers disagree, if the fixed code
// does not compile, or if a package fails its tests that passed them before.
//
// With -findings it only prints the findings, each with what the readers said of it in
// docs/alsvet-field-study.tsv. With -score it counts these verdicts by reading, and prints
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
	"errors"
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
	binary := flag.String("alsvet", "", "run this `file` instead of an alsvet of this source")
	findings := flag.Bool("findings", false, "print each finding with its verdict, and do no more")
	score := flag.Bool("score", false, "compare the findings with the verdicts, and do no more")
	costs := flag.Bool("cost", false, "measure time and memory, and do no more")
	flag.Parse()
	switch {
	case flag.NArg() > 0:
		misuse(fmt.Errorf("unexpected argument %q", flag.Arg(0)))
	case *costs && *binary != "":
		misuse(errors.New("-cost builds alsvet itself"))
	}
	studied, err := readings(*name, *only)
	if err != nil {
		misuse(err)
	}
	err = within(*dir, func(s *study) error {
		if err := s.find(*binary); err != nil {
			return err
		}
		switch {
		case *costs:
			return each(studied, func(_ string, m module) error { return s.cost(m) })
		case *findings || *score:
			return s.scores(studied, *findings, *score)
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
	return do(&study{work: dir, alsvet: filepath.Join(temp, "alsvet")})
}

// find finds the module goroutine and a binary of alsvet, which it builds if none is given.
func (s *study) find(binary string) error {
	root, err := command(".", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/seed-1938943e/goroutine")
	if err != nil {
		return err
	}
	s.root = strings.TrimSpace(root)
	if binary == "" {
		return s.build()
	}
	s.alsvet, err = filepath.Abs(binary)
	return err
}

// build builds alsvet. The same source gives the same binary wherever it lies, so that go
// vet can use what it has cached.
func (s *study) build(flags ...string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", s.alsvet}, flags...)
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
