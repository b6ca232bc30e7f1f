package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/run"
	"github.com/seed-1938943e/goroutine/bench/internal/soak"
)

// leastSoak leaves time for the warm-up and for a round after it.
const leastSoak = 2 * time.Second

// runSoak soaks the program without als/inherit, then the one with it.
func runSoak(args []string, stdout, stderr io.Writer) error {
	var d time.Duration
	var seed uint64
	var inherit string
	flags := newFlags("soak", stderr)
	flags.DurationVar(&d, "for", time.Minute, fmt.Sprintf("the `duration` of the soak, at least %v for each program", leastSoak))
	flags.Uint64Var(&seed, "seed", 0, "the `seed` of the operations; 0 is a random seed. The scheduler is not repeated")
	flags.StringVar(&inherit, "inherit", "both", "`whether` plain go statements carry stores: off, on, or both, one program after the other")
	if err := parse(flags, args); err != nil {
		return err
	}
	programs := map[string][]bool{"off": {false}, "on": {true}, "both": {false, true}}[inherit]
	if programs == nil {
		return usageError{fmt.Errorf("-inherit %s: it is off, on or both", inherit)}
	}
	each := d / time.Duration(len(programs))
	if each < leastSoak {
		return usageError{fmt.Errorf("-for %v: each program needs at least %v", d, leastSoak)}
	}
	if seed == 0 {
		seed = rand.Uint64()
	}
	fmt.Fprintf(stdout, "seed=%d\n", seed)

	var total soak.Result
	var errs []error
	for _, with := range programs {
		var r soak.Result
		var err error
		switch {
		case with == ops.Inherits():
			r, err = soak.Run(soak.Config{For: each, Seed: seed, Log: stderr})
		case with:
			r, err = soakInherited(each, seed, stderr)
		default:
			err = usageError{errors.New("-inherit off: this program imports als/inherit")}
		}
		if err != nil {
			return err
		}
		if err := r.Print(stdout, prefix[with]); err != nil {
			return err
		}
		if err := r.Err(); err != nil {
			errs = append(errs, fmt.Errorf("%s%w", prefix[with], err))
		}
		total = total.Add(r)
	}
	errs = append(errs, total.Print(stdout, ""))
	return errors.Join(errs...)
}

// prefix is the prefix of the lines of the program without and with als/inherit.
var prefix = map[bool]string{false: "plain.", true: "inherit."}

// soakInherited soaks the program with als/inherit. Its status counts only if it
// prints no results.
func soakInherited(d time.Duration, seed uint64, stderr io.Writer) (r soak.Result, err error) {
	dir, err := os.MkdirTemp("", "bench-soak-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "inherited.exe")
	if err := run.BuildInherited(binary); err != nil {
		return r, err
	}
	cmd := exec.Command(binary, "soak", "-inherit", "on", "-for", d.String(), "-seed", strconv.FormatUint(seed, 10))
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, stderr
	status := cmd.Run()
	if r, err = soak.Parse(stdout.String(), prefix[true]); err != nil {
		return r, fmt.Errorf("the program with als/inherit: %w", errors.Join(err, status))
	}
	return r, nil
}
