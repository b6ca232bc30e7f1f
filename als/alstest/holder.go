package alstest

import (
	"fmt"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/inspect"
	"github.com/seed-1938943e/goroutine/internal/lease"
	"github.com/seed-1938943e/goroutine/internal/race"
)

// A Holder is a goroutine that holds stores.
type Holder struct {
	// Goroutine is its ID, as in a traceback.
	Goroutine uint64

	// State is that of a traceback: running, chan receive, ...
	State string

	// Stores are the names of the storages whose stores it holds, or the types of the
	// stores where a storage has no name. Under the race detector they are those that
	// it started with, and known only if als.Go started it while [Main] or [Check]
	// watched.
	Stores []string

	// Started is the function and the place, as file:line, of the go statement or the
	// call of als.Go that started it.
	Started string

	// Stack is the goroutine's part of a traceback.
	Stack string
}

// String returns a line with everything but the stack.
func (h Holder) String() string {
	stores := "stores"
	if len(h.Stores) > 0 {
		stores = "stores of " + strings.Join(h.Stores, ", ")
	}
	return fmt.Sprintf("goroutine %d [%s] holds %s; it was started by %s", h.Goroutine, h.State, stores, h.Started)
}

// Holders returns the goroutines that hold stores, except the caller, in the order of
// their IDs. It first lets new goroutines run, since they may be about to hold some. The
// answer is exact for parked goroutines and a guess for others. Holders stops the
// program for tracebacks of all goroutines.
//
// A revoked store, or a leased context that has ended, keeps nothing alive and does not
// count. Holders counts them only where it cannot tell: for a goroutine that is not
// parked, and where the g cannot be read.
func Holders() []Holder {
	holders, _ := look()
	return holders
}

// look returns the holders and the stacks of all goroutines.
func look() (holders []Holder, stacks map[uint64]g.Stack) {
	for range looks {
		stacks = settled()
		var complete bool
		if holders, complete = holdersIn(stacks); complete {
			break
		}
	}
	return holders, stacks
}

// looks is how many tracebacks look takes at most while a holder is missing from them.
// The goroutines that run finalizers and callbacks from C never are in one.
const looks = 10

// holdersIn returns the holders among the goroutines of a traceback. It reports false if
// there are others, such as a goroutine that has begun since.
func holdersIn(stacks map[uint64]g.Stack) (holders []Holder, complete bool) {
	picture, complete := inspect.With(stacks)
	for _, seen := range picture.Holders {
		h := Holder{
			Goroutine: seen.ID, State: seen.Stack.State, Stores: current(seen.Stores),
			Started: seen.Started(), Stack: seen.Stack.Text,
		}
		known := seen.Stores != nil
		if started, ok := startOf(h.Goroutine); ok {
			h.Started = started.at
			if race.Enabled {
				h.Stores, known = started.context.Held(lease.Void), true
			}
		}
		if !known || len(h.Stores) > 0 {
			holders = append(holders, h)
		}
	}
	return holders, complete
}

// current returns the names of the stores that have not ended.
func current(stores []async.HeldStore) (names []string) {
	for _, s := range stores {
		if !s.Ended {
			names = append(names, s.Key.String())
		}
	}
	return names
}

// report returns the message about goroutines that still hold stores.
func report(holders []Holder) string {
	var b strings.Builder
	if len(holders) == 1 {
		b.WriteString("1 goroutine still holds stores:")
	} else {
		fmt.Fprintf(&b, "%d goroutines still hold stores:", len(holders))
	}
	for _, h := range holders {
		fmt.Fprintf(&b, "\n\n%v\n%s", h, h.Stack)
	}
	return b.String()
}
