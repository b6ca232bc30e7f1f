package inherit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/inheritance"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// Variable is the environment variable that turns inheritance off: with
// ALS_INHERIT=off the import does nothing.
const Variable = "ALS_INHERIT"

// ErrOff is what [Status] returns if the environment says ALS_INHERIT=off.
var ErrOff = errors.New("inherit: turned off by " + Variable + "=off")

// ErrUnknownName is what [Status] wraps if inheritance is on, but [DetachNamed] was
// given the name of a function that the program does not have.
var ErrUnknownName = errors.New("inherit: DetachNamed: the program has no function with this name")

var status error

func init() {
	if status = turnOn(os.Getenv(Variable)); status != nil && status != ErrOff {
		fmt.Fprintln(os.Stderr, status)
	}
}

// turnOn turns inheritance on, unless setting, the value of ALS_INHERIT, is "off" or a
// check fails.
func turnOn(setting string) error {
	switch setting {
	case "off":
		return ErrOff
	case "", "on":
	default:
		return fmt.Errorf("inherit: %s=%s is neither on nor off; plain go statements do not carry stores", Variable, setting)
	}
	if err := checkLabels(); err != nil {
		return fmt.Errorf("inherit: unknown profiler labels in %s; plain go statements do not carry stores: %w", runtime.Version(), err)
	}
	if err := checkNames(); err != nil {
		return fmt.Errorf("inherit: plain go statements do not carry stores: %w", err)
	}
	inheritance.Begin(inheritance.Options{
		Access:   labelset.Access{Read: getLabels, Write: setLabels},
		Detached: detached.includesCaller,
		Offset:   labels.Offset(),
	})
	return nil
}

// Status returns nil if plain go statements carry the execution context and
// [DetachNamed] was given names of functions that the program has.
//
// If inheritance is off, Status returns [ErrOff], or an error that was also printed to
// standard error when the program started: this package does not know the profiler
// labels of this Go release, functions have been renamed (garble), or ALS_INHERIT is
// neither on nor off.
//
// If it is on but a name is unknown, Status returns an error that wraps
// [ErrUnknownName]. A function that the linker has left out, because nothing calls it
// or each call is inlined, is unknown, too. After DetachNamed, the next call of Status
// walks the names of all functions, which takes some milliseconds.
func Status() error {
	if status != nil {
		return status
	}
	return detached.unknown()
}

// Do is [pprof.Do], but goroutines that f starts always inherit. With pprof.Do itself
// they inherit only once f has used package als. If inheritance is off, it is just
// pprof.Do.
func Do(ctx context.Context, set pprof.LabelSet, f func(context.Context)) {
	inheritance.Sync() // a goroutine that has not used als yet takes over its inherited stores
	defer inheritance.Sync()
	pprof.Do(ctx, set, func(ctx context.Context) {
		inheritance.Sync()
		f(ctx)
	})
}

// SetGoroutineLabels is [pprof.SetGoroutineLabels], but goroutines that the caller starts
// still inherit, as with [Do].
func SetGoroutineLabels(ctx context.Context) {
	inheritance.Sync()
	pprof.SetGoroutineLabels(ctx)
	inheritance.Sync()
}
