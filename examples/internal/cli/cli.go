// Package cli has the flags, exit statuses and lists of problems of the examples that
// check themselves.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"sync"
)

// A Program is a command that takes flags and no arguments.
type Program struct {
	Name string

	// Shows is the subject of the program. It is printed first, after the name.
	Shows string

	// Flags declares the flags. Check, if it is set, returns an error for invalid
	// values.
	Flags func(*flag.FlagSet)
	Check func() error

	// Run runs the program and returns the problems that it found, one a line. Any
	// number of goroutines may write to out at once; the bytes of two Writes are not
	// mixed.
	Run func(out io.Writer) (problems []string, err error)
}

// Main returns the exit status: 1 for problems and errors, 2 for an invalid command
// line.
func (p Program) Main(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // errors are reported below, in one line
	p.Flags(f)
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stdout, "usage: %s [flags]\n", p.Name)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return 0
	}
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if err == nil && p.Check != nil {
		err = p.Check()
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v (-h shows the flags)\n", p.Name, err)
		return 2
	}

	fmt.Fprintf(stdout, "%s: %s\n", p.Name, p.Shows)
	problems, err := p.Run(&writer{w: stdout})
	if err == nil {
		err = AsError(problems)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", p.Name, err)
		return 1
	}
	return 0
}

// InRange returns an error unless the flag's value is in the range from least to most.
func InRange(name string, value, least, most int) error {
	if value < least || value > most {
		return fmt.Errorf("-%s is %d, must be %d to %d", name, value, least, most)
	}
	return nil
}

// Verdict returns the end of a summary: good, or the number of problems.
func Verdict(problems []string, good string) string {
	if len(problems) > 0 {
		return fmt.Sprintf("%d PROBLEMS", len(problems))
	}
	return good
}

// MaxShown is the number of problems that AsError lists.
const MaxShown = 20

// AsError returns one error for all problems, nil if there are none. It lists at
// most MaxShown of them.
func AsError(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	head := fmt.Sprintf("problems: %d:", len(problems))
	if len(problems) > MaxShown {
		head = fmt.Sprintf("problems: %d, of which the first %d:", len(problems), MaxShown)
		problems = problems[:MaxShown]
	}
	return errors.New(head + "\n" + strings.Join(problems, "\n"))
}

// A writer serializes the calls of Write.
type writer struct {
	mu sync.Mutex
	w  io.Writer
}

func (w *writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Write(b)
}
