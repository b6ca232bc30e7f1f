// Package hooklog has a hook that logs the events of async resources, and a check of
// such a log.
package hooklog

import (
	"fmt"
	"slices"
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/hooks"
)

// An Event is one call of a hook's callback. Only init gets the type and the trigger;
// the log keeps them for the other events.
type Event struct {
	What      string // init, before, after or destroy
	ID        hooks.ID
	Type      string
	Trigger   hooks.ID
	Goroutine uint64 // where it happened
}

func (e Event) String() string {
	cause := ""
	if e.What == "init" {
		cause = fmt.Sprintf(", caused by %d", e.Trigger)
	}
	return fmt.Sprintf("%-8s %s %d%s", e.What, e.Type, e.ID, cause)
}

// A Log is a hook that logs the events of resources of certain types.
type Log struct {
	show  func(text string)
	types []string
	hook  *hooks.Hook

	mu     sync.Mutex // guards the rest, and with it the order of the calls of show
	known  map[hooks.ID]Event
	events []Event
}

// New returns a log that also calls show, unless that is nil, with each event. It logs
// after Start.
func New(show func(text string), types ...string) *Log {
	l := &Log{show: show, types: types, known: make(map[hooks.ID]Event)}
	l.hook = hooks.New(hooks.Callbacks{
		Init:    l.init,
		Before:  func(id hooks.ID) { l.log("before", id) },
		After:   func(id hooks.ID) { l.log("after", id) },
		Destroy: func(id hooks.ID) { l.log("destroy", id) },
	})
	return l
}

// Start enables the hook. Resources that were created before are not logged.
func (l *Log) Start() { l.hook.Enable() }

// Stop disables the hook.
func (l *Log) Stop() { l.hook.Disable() }

func (l *Log) init(id hooks.ID, typ string, trigger hooks.ID, _ any) {
	if !slices.Contains(l.types, typ) {
		return
	}
	l.mu.Lock()
	l.known[id] = Event{ID: id, Type: typ, Trigger: trigger}
	l.mu.Unlock()
	l.log("init", id)
}

func (l *Log) log(what string, id hooks.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.known[id]
	if !ok {
		return
	}
	e.What, e.Goroutine = what, goroutine.ID()
	l.events = append(l.events, e)
	if l.show != nil {
		l.show(fmt.Sprintf("%-52s goroutine %d", e, e.Goroutine))
	}
}

// Events returns the log so far.
func (l *Log) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// Unbalanced returns the problems of a log of resources that should all be destroyed: an
// event before init or after destroy, a second init, a resource in which nothing ran or
// that was not destroyed, and a before and after that are not nested as calls of one
// goroutine are.
func Unbalanced(events []Event) (problems []string) {
	type life struct{ ran, destroyed bool }
	lives := make(map[hooks.ID]*life)
	entered := make(map[uint64][]hooks.ID) // by goroutine, the innermost last
	running := make(map[hooks.ID]int)
	var order []Event // of the inits

	for i, e := range events {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("event %d, %v   <- %s", i, e, fmt.Sprintf(format, args...)))
		}
		l := lives[e.ID]
		switch {
		case l == nil && e.What != "init":
			problem("there was no init")
			l = new(life)
			lives[e.ID] = l
		case l == nil:
			l = new(life)
			lives[e.ID] = l
			order = append(order, e)
		case e.What == "init":
			problem("it is not the first")
		case l.destroyed:
			problem("it has been destroyed")
		}

		stack := entered[e.Goroutine]
		switch e.What {
		case "before":
			l.ran = true
			running[e.ID]++
			entered[e.Goroutine] = append(stack, e.ID)
		case "after":
			if n := len(stack) - 1; n < 0 || stack[n] != e.ID {
				problem("goroutine %d is in %d", e.Goroutine, stack)
				break
			}
			running[e.ID]--
			entered[e.Goroutine] = stack[:len(stack)-1]
		case "destroy":
			if running[e.ID] > 0 {
				problem("%d functions run in it", running[e.ID])
			}
			l.destroyed = true
		}
	}

	for _, e := range order {
		l := lives[e.ID]
		if !l.ran {
			problems = append(problems, fmt.Sprintf("%s %d: nothing ran in it", e.Type, e.ID))
		}
		if running[e.ID] > 0 {
			problems = append(problems, fmt.Sprintf("%s %d: %d times before without after", e.Type, e.ID, running[e.ID]))
		}
		if !l.destroyed {
			problems = append(problems, fmt.Sprintf("%s %d: it was not destroyed", e.Type, e.ID))
		}
	}
	return problems
}
