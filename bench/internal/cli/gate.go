package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/bench/internal/gate"
	"github.com/seed-1938943e/goroutine/bench/internal/measure"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
	"github.com/seed-1938943e/goroutine/bench/internal/run"
)

func runGate(args []string, stdout, stderr io.Writer) error {
	var path string
	var rounds int
	flags := newFlags("gate", stderr)
	flags.StringVar(&path, "limits", "", "read the limits from this `file` (default limits.json, beside this program's source)")
	flags.IntVar(&rounds, "rounds", run.Gate.Rounds, "the `number` of rounds to take medians of; a row that fails is measured again with five times as many")
	if err := parse(flags, args); err != nil {
		return err
	}
	if rounds < measure.LeastRounds {
		return tooFewRounds(rounds)
	}
	if path == "" {
		source, err := sourceDir()
		if err != nil {
			return err
		}
		path = filepath.Join(source, limitsName)
	}
	limits, err := gate.Read(path)
	if err != nil {
		return usageError{fmt.Errorf("-limits: %w", err)}
	}
	verdicts, err := gate.Check(limits, func(some []gate.Limit, look int) (*result.Report, error) {
		if look > 1 {
			fmt.Fprintf(stderr, "look %d at: %s\n", look, names(some))
		}
		bar := newBar(stderr)
		defer bar.End()
		return run.Do(gatePlan(some, rounds, look), bar)
	})
	if err != nil {
		return err
	}
	if n := gate.Print(stdout, verdicts); n > 0 {
		return fmt.Errorf("gate: %d of %d rows are beyond their limit", n, len(verdicts))
	}
	return nil
}

// gatePlan measures the rows of the limits and no others. Later looks are longer.
func gatePlan(some []gate.Limit, rounds, look int) run.Plan {
	p := run.Gate
	p.Rounds = rounds
	if look > 1 {
		p.Rounds *= 5
	}
	var rows []string
	for _, l := range some {
		rows = append(rows, regexp.QuoteMeta(l.Row))
		if s := ops.System(l.System); !slices.Contains(p.Systems, s) {
			p.Systems = append(p.Systems, s)
		}
	}
	p.Filter = regexp.MustCompile("^(" + strings.Join(rows, "|") + ")$")
	return p
}

func names(limits []gate.Limit) string {
	var rows []string
	for _, l := range limits {
		rows = append(rows, l.Row)
	}
	return strings.Join(rows, ", ")
}
