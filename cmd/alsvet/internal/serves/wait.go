package serves

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
	shallow bool // the loop is in the goroutine's own function, or near to it
	own     bool // it is in that function, or in the one that it is a call of
	carries bool // the channel's values have functions or a context
}

// mayStay names a place where the goroutine may stay for others, "" if there is none. That
// it loops says less than what it waits for.
func (w *walker) mayStay() (why string) {
	for _, wait := range w.waits {
		if wait.origin != Own && (why == "" || wait.kind != repeat) {
			if why = wait.why; wait.kind != repeat {
				return why
			}
		}
	}
	return why
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
// connection, so that it is no single piece of work.
func (w *walker) lasts() bool {
	for _, wait := range w.waits {
		switch wait.kind {
		case tick, stop, read, forever:
			if wait.own {
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
// that its starter returns, and waits for nothing else of others.
func (w *walker) ofReturned() bool {
	found := false
	for _, wait := range w.waits {
		switch wait.kind {
		case read, stop, tick:
			found = found || wait.own && wait.origin == Returned
		case repeat:
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
