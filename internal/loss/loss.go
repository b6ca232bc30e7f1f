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
	"unsafe"

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

// A note has the tokens of the stores that its goroutine held then (has), and of those
// that the goroutine should have inherited and did not (lost). A goroutine in a captured
// context loses nothing there. It keeps lost for its return, and no goroutine that it starts
// from there inherits the loss.
type note struct {
	epoch    uint64
	goid     uint64
	has      []async.Token
	lost     []async.Token
	captured bool
	cause    Cause
}

var markNote labelset.Mark

// noteIn returns the note in a set of labels, nil if there is none of this epoch.
func (s *search) noteIn(set *labelset.Set) *note {
	if hidden := set.Hidden(); hidden != nil && hidden.Key == markNote.Key() {
		if n := (*note)(hidden.Value); n.epoch == s.epoch {
			return n
		}
	}
	return nil
}

// in returns a set that shows these labels and hides the note.
func (n *note) in(shown []labelset.Label) *labelset.Set {
	list := labelset.List(shown, labelset.Label{
		Key: markNote.Key(), KeyLen: 1,
		Value: unsafe.Pointer(n), ValueLen: 1,
	})
	return &labelset.Set{List: list, Len: len(shown), Cap: len(shown) + 1}
}

// equal reports whether two notes say the same. other may be nil.
func (n *note) equal(other *note) bool {
	return other != nil && n.goid == other.goid && n.captured == other.captured &&
		slices.Equal(n.has, other.has) && slices.Equal(n.lost, other.lost)
}

// missing returns the stores that a goroutine has lost if this is its own note or the one
// that it was started with.
func (n *note) missing(goid uint64) []async.Token {
	switch {
	case n == nil:
		return nil
	case n.goid == goid:
		return slices.Clone(n.lost)
	case n.captured:
		return slices.Clone(n.has)
	default:
		return slices.Concat(n.has, n.lost)
	}
}

// detached returns the labels of the caller, which als/inherit starts without the stores in
// c. Stores of its own will replace these labels, so owners keep the loss, too.
func (s *search) detached(user []labelset.Label, c async.Context) *labelset.Set {
	tokens := tokensIn(c.Cells())
	set := (&note{epoch: s.epoch, has: tokens, cause: Detached}).in(user)
	s.owners.set(goroutine.ID(), nil, tokens, set)
	return set
}

// tokensIn returns the tokens of the stores in cells that a plain go statement would lose. It
// would not lose those of keys with InheritExplicit or InheritNever: they are not meant for it,
// with als/inherit or without.
func tokensIn(cells []async.Cell) []async.Token {
	var tokens []async.Token
	for i := range cells {
		if t := cells[i].Token(); !t.IsVacant() && !t.Explicit() && !cells[i].Revoked() {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// Current implements [async.Observer].
func (s *search) Current(r *async.Record) *async.Record { return r }

// Entered, and all methods up to Changed, implement [async.Observer]: they note the
// stores that the goroutine holds afterwards.
func (s *search) Entered(r *async.Record, _ async.Token, _ *async.Cell) async.Published {
	s.write(r, false)
	return async.Published{}
}

func (s *search) Left(r *async.Record, _ async.Token, _ async.Published) { s.write(r, false) }

func (s *search) Switched(r *async.Record) { s.write(r, false) }

func (s *search) SwitchedBack(r *async.Record, _ unsafe.Pointer) { s.write(r, false) }

func (s *search) Changed(r *async.Record, isNew bool) { s.write(r, isNew) }

// Frozen implements [async.Observer].
func (s *search) Frozen(async.Context) {}

// write notes the stores in the caller's record. If the record is new, none was lost.
func (s *search) write(r *async.Record, isNew bool) {
	r.MarkObserved()
	goid := goroutine.ID()
	has := tokensIn(r.Cells())
	for _, token := range has {
		s.everSet.add(token)
	}
	captured := r.InCapturedContext()
	stillLost := func(lost []async.Token) []async.Token {
		switch {
		case isNew:
			return nil
		case captured:
			return lost
		}
		return slices.DeleteFunc(lost, r.KeepsCell)
	}
	if inheritance.On() {
		published, _ := r.Published()
		s.owners.set(goid, has, stillLost(s.owners.lostBy(goid)), (*labelset.Set)(published))
		return
	}
	if s.access == nil {
		return
	}
	set := s.access.Get()
	earlier := s.noteIn(set)
	n := &note{epoch: s.epoch, goid: goid, has: has, lost: stillLost(earlier.missing(goid)), captured: captured}
	if !n.equal(earlier) {
		if len(n.has)+len(n.lost) > 0 {
			set = n.in(set.Shown())
			s.access.Set(set)
		} else if hidden := set.Hidden(); hidden != nil && hidden.Key == markNote.Key() {
			set = labelset.Plain(set.Shown())
			s.access.Set(set)
		}
	}
	s.owners.set(goid, has, nil, set)
}

// Missed implements [async.Observer].
func (s *search) Missed(k *async.Key) {
	t := k.Token()
	if t == 0 {
		return
	}
	l, lost := s.loss(t)
	if !lost {
		return
	}
	l.PCs = callers()
	at := place{key: l.Key, cause: l.Cause, statement: l.Statement}
	copy(at.pcs[:], l.PCs)
	for _, f := range s.finders {
		if f.reported.First(at) {
			f.report(l)
		}
	}
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
