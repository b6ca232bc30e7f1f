// Package loss finds reads that find no store in a goroutine whose creator had one. It
// is a feature above the engine, package async, which reports every change to it through
// [async.Observer].
//
// During a search every goroutine lists its stores in a note, hidden in the profiler
// labels that the runtime copies to new goroutines. A goroutine that misses a store reads
// the note that it was started with. A note has tokens only, so it keeps no store alive.
// Under inheritance the labels carry the stores themselves, and only detached goroutines
// have notes.
//
// Labels that the program sets replace the note. So a table also records the tokens of
// each goroutine with the labels that it has published. If those have been replaced since,
// the tokens in the table count.
package loss

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/inheritance"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// A Cause says how a store was lost.
type Cause uint8

const (
	PlainGo     Cause = iota // the go statement carries no stores
	Overwritten              // under inheritance, labels were set before the engine was used there
	Detached                 // the goroutine is one that starts without stores
	Timer                    // a timer started the goroutine
	Revoked                  // the layer of the store has ended
)

// A Loss is a read that found no store although the goroutine's creator had one.
type Loss struct {
	Key       uint32 // index of the key
	Cause     Cause
	Goroutine uint64
	Creator   uint64  // 0 if it is not known
	Statement uintptr // the address behind the go statement, 0 if it is not known
	PCs       []uintptr
}

// A search is the state of all calls of Find in progress. It is immutable, except for
// owners, everSet and what the finders have seen.
type search struct {
	epoch   uint64 // notes of another epoch are out of date
	finders []*finder
	access  *labelset.Access // nil if the labels cannot be reached
	owners  *owners
	everSet *everSet
}

// A finder is one call of Find.
type finder struct {
	report   func(Loss)
	reported Seen[place]
}

// A place is where a store is lost: the key, the innermost callers, and the go
// statement that started the goroutine.
type place struct {
	key       uint32
	cause     Cause
	pcs       [maxPlacePCs]uintptr
	statement uintptr
}

const maxPlacePCs = 4

var (
	searching sync.Mutex
	current   atomic.Pointer[search]
	lastEpoch uint64
)

// Find calls report once for each place that loses a store, until stop is called. The
// goroutine that missed the store makes the call.
func Find(report func(Loss)) (stop func()) {
	f := &finder{report: report}
	access := accessInG() // starts goroutines the first time, so not under the lock
	searching.Lock()
	s := search{access: access}
	if old := current.Load(); old != nil {
		s = *old
	} else {
		lastEpoch++
		s.epoch, s.owners, s.everSet = lastEpoch, new(owners), new(everSet)
	}
	s.finders = append(slices.Clip(s.finders), f)
	install(&s)
	searching.Unlock()
	if r := async.Current(); r != nil {
		r.Changed()
	}
	return func() {
		searching.Lock()
		defer searching.Unlock()
		old := current.Load()
		if old == nil || !slices.Contains(old.finders, f) {
			return
		}
		s := *old
		s.finders = slices.DeleteFunc(slices.Clone(s.finders), func(other *finder) bool { return other == f })
		install(&s)
	}
}

// install makes s the search. The caller holds searching.
func install(s *search) {
	if len(s.finders) == 0 {
		current.Store(nil)
		inheritance.OnDetach(nil)
		async.Observe(async.Searches, nil)
		return
	}
	current.Store(s)
	inheritance.OnDetach(s.detached)
	async.Observe(async.Searches, s)
}

// CanFind reports whether losses at plain go statements can be found here.
func CanFind() bool { return inheritance.On() || labels.Offset() != 0 }

// Of returns how the caller lost its store of a key, without the stack. lost is false if
// it has lost none or no search is in progress.
func Of(k *async.Key) (l Loss, lost bool) {
	s, t := current.Load(), k.Token()
	if s == nil || t == 0 {
		return Loss{}, false
	}
	return s.loss(t)
}

// accessInG returns access to the labels without a linkname, nil if there is none.
func accessInG() *labelset.Access {
	if labels.Offset() == 0 {
		return nil
	}
	return &labelset.Access{Read: labels.Get, Write: labels.Set}
}

// loss returns how the caller lost its store for a token, without the stack, and
// false if it did not.
func (s *search) loss(token async.Token) (l Loss, lost bool) {
	r := async.FindRecord()
	var cause Cause
	switch {
	case r != nil && r.Revoked(token):
		cause = Revoked
	case r != nil && (r.InCapturedContext() || r.KeepsCell(token)):
		return Loss{}, false // it is in a captured context, or it has had a store of the key
	default:
		if cause, lost = s.lost(r, token); !lost {
			return Loss{}, false
		}
	}
	l = Loss{Key: token.Index(), Cause: cause, Goroutine: goroutine.ID()}
	l.Statement, l.Creator = g.GoStatement()
	return l, true
}

// lost reports whether the caller should have had a store for a token, and how it
// lost it.
func (s *search) lost(r *async.Record, token async.Token) (Cause, bool) {
	set := s.labels()
	if n := s.noteIn(set); n != nil {
		return n.cause, slices.Contains(n.missing(goroutine.ID()), token)
	}
	if r != nil {
		return Detached, slices.Contains(s.owners.lostBy(goroutine.ID()), token)
	}
	_, creator := g.GoStatement()
	if startedByTimer() {
		return Timer, s.everSet.has(token)
	}
	if owner := s.owners.of(creator); owner != nil && slices.Contains(owner.has, token) {
		// Either the caller has replaced its labels, or its creator has replaced its own.
		replaced := len(set.Shown()) > 0 || s.access != nil && owner.replaced()
		if inheritance.On() {
			return Overwritten, replaced
		}
		return PlainGo, replaced
	}
	return 0, false
}

// labels returns the caller's labels, nil if they cannot be reached.
func (s *search) labels() *labelset.Set {
	if a := inheritance.Access(); a != nil {
		return a.Get()
	}
	if s.access != nil {
		return s.access.Get()
	}
	return nil
}

// callers returns the addresses on the caller's stack, as runtime.CallersFrames takes
// them. The engine's own frames are among them; reports leave them out.
func callers() []uintptr {
	pcs := make([]uintptr, 32)
	return pcs[:runtime.Callers(3, pcs)]
}

// startedByTimer reports whether a timer started the caller's goroutine.
func startedByTimer() bool {
	pc, _ := g.GoStatement()
	f := runtime.FuncForPC(pc)
	return f != nil && f.Name() == "time.goFunc"
}
