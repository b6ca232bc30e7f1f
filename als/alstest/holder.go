package alstest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
)

// A Holder is a goroutine that holds stores.
type Holder struct {
	// Goroutine is its ID, as in a traceback.
	Goroutine uint64

	// State is what it does: running, chan receive, ...
	State string

	// Started is the function and the place, as file:line, of the go statement or the
	// call of als.Go that started it.
	Started string

	// Stack is its part of a traceback.
	Stack string
}

// String says all but the stack, in one line.
func (h Holder) String() string {
	return fmt.Sprintf("goroutine %d [%s] holds stores; it was started by %s", h.Goroutine, h.State, h.Started)
}

// Holders returns the goroutines that hold stores, except the caller, in the order of
// their IDs. One that is busy may be missed, or be there though it holds nothing any
// more; one that waits is what it seems to be. It stops the program for a traceback of
// all goroutines, if there is a holder.
func Holders() []Holder {
	ids := async.Holders()
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	stacks := stacksOf(g.Traceback())
	var holders []Holder
	for _, id := range ids {
		stack, ok := stacks[id]
		begun, known := begunBy(id)
		if !ok || known && race.Enabled && !begun.withStores {
			continue
		}
		h := Holder{Goroutine: id, State: stack.State, Started: startOf(stack), Stack: stack.Text}
		if known {
			h.Started = begun.at
		}
		holders = append(holders, h)
	}
	return holders
}

// report is what a check says about goroutines that it did not want to find.
func report(holders []Holder) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d goroutines still hold stores:", len(holders))
	for _, h := range holders {
		fmt.Fprintf(&b, "\n\n%v\n%s", h, h.Stack)
	}
	return b.String()
}
