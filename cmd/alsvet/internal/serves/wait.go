package serves

import (
	"go/types"
	"slices"
)

// A kind says what a goroutine waits for.
type kind int

const (
	work    kind = iota // a value from a channel, to be worked on
	stop                // a signal: struct{}, bool, error, a context's end
	tick                // time
	read                // a call such as Read, Recv, Next
	accept              // a call such as Accept, Serve
	while               // for cond
	queued              // functions out of a queue
	job                 // one value from a channel, outside of loops, that brings the work of its sender
	forever             // a loop without an end
	again               // it starts itself again
	repeat              // a loop that is left from inside, or a goto back
	end                 // a signal, outside of loops, that something has ended
)

// A wait is one place where a goroutine may stay.
type wait struct {
	kind    kind
	origin  Origin
	why     string
	shallow bool         // the loop is in the goroutine's own function, or near to it
	own     bool         // it is in that function, or in the one that it is a call of
	ends    bool         // the signal ends the loop
	until   []*types.Var // what that signal is received from
	carries bool         // the channel's values have functions or a context
	pulls   bool         // the call is Next of an iterator that the starter was given, so no other goroutine calls that
}

// weights order the kinds of waits by how much they say about what a goroutine does: where its
// work comes from says most, what ends it least.
var weights = [...]int{work: 8, queued: 8, job: 8, accept: 8, read: 7, again: 6, tick: 5, stop: 5, forever: 4, while: 3, end: 2, repeat: 0}

func (w wait) weight() int {
	if w.ends {
		return 1
	}
	return weights[w.kind]
}

// mayStay names a place where the goroutine may stay for others, "" if there is none.
func (w *walker) mayStay() (why string) {
	most, own := -1, w.worksOnOwn()
	for _, wait := range w.waits {
		if own && wait.ends && wait.origin == Given {
			continue
		}
		if wait.origin != Own && wait.weight() > most {
			why, most = wait.why, wait.weight()
		}
	}
	return why
}

// worksOnOwn reports whether the goroutine takes its work from a channel that its starter keeps. It
// then works for its starter until the channel is closed, or a context of the starter's caller ends.
func (w *walker) worksOnOwn() bool {
	return slices.ContainsFunc(w.waits, func(wait wait) bool { return wait.kind == work && wait.origin == Own })
}

// reason returns the reason to give where a wait shows that others are served: that of the
// wait which says most.
func (w *walker) reason(shows wait) string {
	for _, wait := range w.waits {
		if wait.decides() && wait.weight() > shows.weight() {
			shows = wait
		}
	}
	return shows.why
}

// waitsForEnd reports whether the goroutine waits for the end of others, and for nothing
// else.
func (w *walker) waitsForEnd() bool {
	found := false
	for _, wait := range w.waits {
		if wait.kind == end && wait.origin != Own {
			found = true
		} else if wait.origin != Own {
			return false
		}
	}
	return found
}

// lasts reports whether the goroutine's own function loops over time, signals or a
// connection, or waits for an end, so that it is no single piece of work. What calls something
// that lasts may do work in that.
func (w *walker) lasts() bool {
	for _, wait := range w.waits {
		switch wait.kind {
		case tick, stop, read, forever:
			if wait.own {
				return true
			}
		case end:
			if wait.own && w.stays == "" {
				return true
			}
		}
	}
	return false
}

// accepts reports whether the goroutine serves others by accepting connections.
func (w *walker) accepts() bool {
	for _, wait := range w.waits {
		if wait.decides() {
			return wait.kind == accept
		}
	}
	return false
}

// takesWork reports whether the goroutine gets work from a channel of the value which its
// starter returns: it serves all users of that.
func (w *walker) takesWork() bool {
	for _, wait := range w.waits {
		if wait.kind == work && wait.origin == Returned {
			return true
		}
	}
	return false
}

// ofReturned reports whether the goroutine reads, or waits for signals and time, for the value
// that its starter returns, and waits for nothing else of others but what it receives.
func (w *walker) ofReturned() bool {
	found := false
	for _, wait := range w.waits {
		switch wait.kind {
		case read, stop, tick:
			found = found || wait.own && wait.origin == Returned
		case repeat, work: // see idle for work that brings stores
		default:
			if wait.origin != Own {
				return false
			}
		}
	}
	return found
}

// decides reports whether the wait alone shows that others are served.
func (w wait) decides() bool {
	switch w.kind {
	case repeat, end:
		return false // it may end with the first round, or with its starter
	case work, queued, while, tick, again:
		return w.origin >= Returned
	case stop, read:
		return w.origin == Shared && w.shallow // further down it is a quota, or decodes one value
	default:
		return w.origin == Shared
	}
}

// beats reports whether the goroutine loops over time.
func (w *walker) beats() bool {
	return slices.ContainsFunc(w.waits, func(wait wait) bool { return wait.kind == tick })
}
