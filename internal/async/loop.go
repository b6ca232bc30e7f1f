package async

import "unsafe"

// A Loop is a range over a sequence that is bound to a context. The sequence runs in
// that context, and the body of the loop, which the sequence calls, in the context of
// the loop. Each continues with its own changes. A store that the body has set with
// EnterWith is there in the next iteration and after the loop. A scope that the sequence
// has opened stays open meanwhile.
//
//	var l async.Loop
//	l.Enter(c)
//	defer l.Leave()
//	seq(func() {
//		if l.EnterBody() {
//			defer l.LeaveBody()
//		}
//		body()
//	})
//
// It is a feature on top of [Switch]. All methods but EnterBody must run on one
// goroutine, and the deferred calls keep them nested.
type Loop struct {
	other      Switch // to the context that the goroutine is not in at the moment
	inSequence bool
}

// Enter switches to c, the context of the sequence.
func (l *Loop) Enter(c Context) {
	r := currentOrNew()
	r.RaceEnter() // before the switch, so that it counts in the body, too
	l.other = r.leaveHere()
	r.install(c)
	r.set(inlineLent, true) // the body may come to use inline, so the sequence never does
	r.Changed()
	l.inSequence = true
}

// Leave restores the context of the loop when the sequence has ended. Scopes that are
// still open in the sequence end.
func (l *Loop) Leave() {
	r := l.other.rec
	if r.has(scoped) {
		r.endAll()
	}
	l.inSequence = false
	l.other.resume()
	r.RaceLeave()
}

// EnterBody switches to the context of the loop and reports true. It does nothing and
// reports false if the sequence calls the body on another goroutine, from within the
// body, or after the loop.
func (l *Loop) EnterBody() bool {
	// rec does not change after Enter. On another goroutine nothing else is read.
	if Current() != l.other.rec || !l.inSequence {
		return false
	}
	l.inSequence = false
	l.swap()
	return true
}

// LeaveBody switches back to the context of the sequence, as EnterBody left it.
func (l *Loop) LeaveBody() {
	l.swap()
	l.inSequence = true
}

func (l *Loop) swap() {
	to := l.other
	l.other = to.rec.leaveHere()
	to.resume()
}

// leaveHere returns the context that the record is in, for a later resume.
func (r *Record) leaveHere() Switch {
	s := Switch{r, r.cells, r.cellState, r.published}
	if r.has(scoped) {
		s.outer = unsafe.Pointer(r.takeTops())
	}
	return s
}

// resume restores the context that leaveHere returned, without the scopes that have
// ended meanwhile. It calls Changed and not SwitchedBack, because what observers have
// published for the context may be out of date.
func (s Switch) resume() {
	r := s.rec
	r.cells, r.cellState = s.cells, s.cellState
	if tops := s.tops(); tops != nil {
		r.putTops(tops)
	}
	r.Changed()
}
