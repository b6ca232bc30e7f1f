package loss

import (
	"slices"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/inheritance"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

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

// noteIn returns the note in a set of labels, nil if there is none of this epoch. Sound
// because only this package has the mark, and hides notes with it.
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
