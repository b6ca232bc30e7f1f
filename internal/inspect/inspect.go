// Package inspect takes pictures of the goroutines that hold stores: what each of them
// does, what started it, and which stores it holds. Packages alstest and alsdebug show
// them.
//
// # What is read, and when
//
// A picture reads the records of other goroutines and fields of their gs, with atomic
// loads, one word after another, without stopping the program. Only if a goroutine is
// parked before and after do the words of a store belong together. So only the stores
// of such goroutines are certain, and only their pointers are followed (see
// [async.Holders]).
//
// No user code sees a store on a goroutine that does not hold it. A picture shows the
// text that als.Options.Label returned when the owner set the store. That string is
// kept with the store and never written again, once [ShowLabels] has been called.
//
// Under the race detector a read of another goroutine's record would be reported. A
// picture then has the goroutines without their stores.
package inspect

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/lease"
)

// A Picture is the goroutines that held stores at a moment.
type Picture struct {
	Taken      time.Time
	Took       time.Duration
	Goroutines int                // all of the program
	Holders    []Goroutine        // in the order of their IDs, without the caller
	Stacks     map[uint64]g.Stack // of all goroutines, nil if no traceback was taken
	Stopped    time.Duration      // how long the traceback stopped the program, at most
	Captured   int                // captured execution contexts in which holders run
}

// A Goroutine holds stores.
type Goroutine struct {
	ID     uint64
	Stack  *g.Stack          // nil if there is none
	Stores []async.HeldStore // nil if they are not known
	Exact  bool              // else Stores are a guess, without labels, and may have ended

	facts g.Facts
}

// ShowLabels makes the engine keep the labels of stores from now on, for pictures.
func ShowLabels() { async.LabelsWanted.Store(true) }

// Take takes a picture. It stops the program for a traceback of all goroutines if there
// are at most limit, or if the gs cannot be read.
func Take(limit int) Picture {
	nameReasons()
	p := Picture{Taken: time.Now(), Goroutines: runtime.NumGoroutine()}
	if p.Goroutines <= limit || !g.StatusKnown() {
		p.Stacks = make(map[uint64]g.Stack)
		start := time.Now()
		text := g.Traceback()
		p.Stopped = time.Since(start)
		for s := range g.Stacks(text) {
			p.Stacks[s.ID] = s
		}
	}
	p.look(lease.Ended)
	p.Took = time.Since(p.Taken)
	return p
}

// With returns a picture of the holders that have one of these stacks. complete is false
// if a holder has none: it may have started since. A leased context counts as ended if it
// keeps nothing alive.
func With(stacks map[uint64]g.Stack) (p Picture, complete bool) {
	p = Picture{Stacks: stacks}
	p.look(lease.Void)
	complete = true
	p.Holders = slices.DeleteFunc(p.Holders, func(h Goroutine) bool {
		complete = complete && h.Stack != nil
		return h.Stack == nil
	})
	return p, complete
}

// look fills in the holders. ended reports whether a leased context has ended.
func (p *Picture) look(ended func(store any) bool) {
	captured := make(map[uintptr]struct{})
	held := async.Holders(ended)
	p.Holders = make([]Goroutine, len(held))
	for i, h := range held {
		if h.Captured != 0 {
			captured[h.Captured] = struct{}{}
		}
		holder := &p.Holders[i]
		*holder = Goroutine{ID: h.Goroutine, Stores: h.Stores, Exact: h.Exact}
		if s, ok := p.Stacks[h.Goroutine]; ok {
			found := s // in this branch, or a holder without a stack would allocate one too
			holder.Stack = &found
		} else {
			holder.facts, _ = g.FactsOf(h.G, h.Goroutine)
		}
	}
	p.Captured = len(captured)
	slices.SortFunc(p.Holders, func(a, b Goroutine) int { return cmp.Compare(a.ID, b.ID) })
}

// State returns what the goroutine does, in the words of a traceback.
func (h *Goroutine) State() string {
	if h.Stack != nil {
		state, _, _ := strings.Cut(h.Stack.State, ", ")
		return state
	}
	return cmp.Or(h.facts.State, "unknown")
}

// Creator returns the goroutine that started it, 0 if that is not known.
func (h *Goroutine) Creator() uint64 {
	if h.Stack != nil {
		return h.Stack.CreatorID
	}
	return h.facts.Creator
}

// Waits returns how long the goroutine has waited, in whole minutes, 0 if that is not
// known or less than one.
func (h *Goroutine) Waits() time.Duration {
	if h.Stack == nil {
		return 0
	}
	return Waits(*h.Stack)
}

// Waits returns how long a traceback says that a goroutine has waited.
func Waits(s g.Stack) time.Duration {
	for _, part := range strings.Split(s.State, ", ")[1:] {
		if minutes, ok := strings.CutSuffix(part, " minutes"); ok {
			d, _ := time.ParseDuration(minutes + "m")
			return d
		}
	}
	return 0
}

// Started returns what started the goroutine: the function and the place of the go
// statement, or als.Go and the function that it runs, as far as that is known.
func (h *Goroutine) Started() string {
	if h.Stack != nil {
		return StartOf(*h.Stack)
	}
	frame, _ := runtime.CallersFrames([]uintptr{h.facts.Statement}).Next()
	if h.facts.Statement == 0 || frame.Function == "" {
		return "an unknown place"
	}
	if IsOurs(frame.Function) {
		return "als.Go"
	}
	return frame.Function + " at " + placeOf(frame)
}
