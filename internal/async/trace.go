package async

import (
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
)

// While losses are looked for, every goroutine tells those that it starts which
// stores it has: by a note in the labels, as inheritance hands on the stores
// themselves. A goroutine that misses a store looks into the note that it was
// started with. A note names tokens; it keeps no store alive.
//
// All this happens in the twins, to which the leaves then leave everything. Where
// nobody looks for losses it costs nothing.

// A Cause says how a store was lost.
type Cause uint8

const (
	PlainGo     Cause = iota // the go statement carries no stores
	Overwritten              // labels were set before the engine was used there
	Detached                 // the goroutine is one that starts without stores
	Timer                    // a timer started the goroutine
)

// A Loss is a store that a goroutine did not find and its creator had.
type Loss struct {
	Key       uint32 // index of the key
	Cause     Cause
	Goroutine uint64
	Creator   uint64  // 0 if it is not known
	Statement uintptr // the address behind the go statement, 0 if it is not known
	PCs       []uintptr
}

// trace is what those who look for losses share. It is not written to, but for
// holders.
type trace struct {
	epoch   uint64 // notes of others are out of date
	finders []*finder
	holders *holders
}

// A finder is somebody's search for losses, and what it has reported.
type finder struct {
	report func(Loss)
	told   Seen[sight]
}

// A sight is a place in the program: where a key's store was missed, by the next
// callers, in a goroutine that a go statement started.
type sight struct {
	key       uint32
	pcs       [maxSightPCs]uintptr
	statement uintptr
}

const maxSightPCs = 4

var lastEpoch atomic.Uint64

// FindLosses calls report for each loss, at least once for each place where it
// happens, until stop is called. It is called by the goroutine that missed the store.
func FindLosses(report func(Loss)) (stop func()) {
	f := &finder{report: report}
	change(func(w *watch) {
		if w.labels == nil {
			w.labels = labelsInG()
		}
		t := trace{}
		if w.trace != nil {
			t = *w.trace
		} else {
			t.epoch, t.holders = lastEpoch.Add(1), new(holders)
		}
		t.finders = append(slices.Clip(t.finders), f)
		w.trace = &t
		leavesLeaveAll(true)
	})
	if r := current(); r != nil {
		r.Changed()
	}
	return func() {
		change(func(w *watch) {
			if w.trace == nil {
				return
			}
			t := *w.trace
			t.finders = slices.DeleteFunc(slices.Clone(t.finders), func(other *finder) bool { return other == f })
			w.trace = &t
			if len(t.finders) == 0 {
				w.trace = nil
				leavesLeaveAll(false)
			}
		})
	}
}

// CanFindLosses reports whether losses at plain go statements can be found here.
func CanFindLosses() bool {
	w := watched.Load()
	return w != nil && w.inherit || labels.Offset() != 0
}

// labelsInG returns the labels as they lie in a g, nil if nobody knows where.
func labelsInG() *Labels {
	if labels.Offset() == 0 {
		return nil
	}
	return &Labels{Get: labels.Get, Set: labels.Set}
}

// A note says which stores a goroutine had when it wrote it, and which it had itself
// lost by then and has had no other for since.
type note struct {
	epoch uint64
	goid  uint64
	has   []Token
	lost  []Token
	cause Cause
}

// noteIn returns the note in a label set, nil if there is none of this epoch.
func (t *trace) noteIn(set *labelSet) *note {
	if hidden := set.hidden(); hidden != nil && hidden.key == markNote {
		if n := (*note)(hidden.value); n.epoch == t.epoch {
			return n
		}
	}
	return nil
}

func (n *note) in(set *labelSet) *labelSet {
	return new(carrier).hide(set.shown(), label{
		key: markNote, keyLen: 1,
		value: unsafe.Pointer(n), valueLen: 1,
	})
}

// missing returns what a goroutine has lost that is started with the note, or has
// written it.
func (n *note) missing(goid uint64) []Token {
	switch {
	case n == nil:
		return nil
	case n.goid == goid:
		return slices.Clone(n.lost)
	default:
		return slices.Concat(n.has, n.lost)
	}
}

// write notes what the caller's record holds. Where the record is fresh nothing was
// lost.
func (t *trace) write(w *watch, r *Record, fresh bool) {
	goid := goroutine.ID()
	has := tokensIn(Context{r.cells, r.mask})
	for _, token := range has {
		t.holders.add(goid, token.index())
	}
	if w.inherit || w.labels == nil {
		return
	}
	set := w.labels.get()
	earlier := t.noteIn(set)
	n := &note{epoch: t.epoch, goid: goid, has: has}
	if !fresh {
		n.lost = slices.DeleteFunc(earlier.missing(goid), func(lost Token) bool { return keepsCell(r, lost) })
	}
	if earlier != nil && earlier.goid == goid && slices.Equal(earlier.has, has) && slices.Equal(earlier.lost, n.lost) {
		return
	}
	if len(n.has)+len(n.lost) > 0 {
		w.labels.set(n.in(set))
	} else if hidden := set.hidden(); hidden != nil && hidden.key == markNote {
		w.labels.set(set.without())
	}
}

// detached returns labels for a goroutine that was started with c and starts without
// stores.
func (t *trace) detached(set *labelSet, c Context) *labelSet {
	return (&note{epoch: t.epoch, has: tokensIn(c), cause: Detached}).in(set)
}

func tokensIn(c Context) []Token {
	var tokens []Token
	for _, cell := range unsafe.Slice(c.cells, arraySize(c.mask)) {
		if !cell.token.isClaim() {
			tokens = append(tokens, cell.token)
		}
	}
	return tokens
}

// missed is called where a look-up of a key finds nothing.
func missed(k *Key) {
	if w := watched.Load(); w != nil && w.trace != nil {
		if t := k.Token(); t != 0 {
			w.trace.missed(w, t)
		}
	}
}

func (t *trace) missed(w *watch, token Token) {
	l, lost := t.loss(w, token)
	if !lost {
		return
	}
	l.PCs = callers()
	s := sight{key: l.Key, statement: l.Statement}
	copy(s.pcs[:], l.PCs)
	for _, f := range t.finders {
		if f.told.First(s) {
			f.report(l)
		}
	}
}

// loss returns how the caller lost its store for a token, without the stack, and
// false if it did not.
func (t *trace) loss(w *watch, token Token) (l Loss, lost bool) {
	r := currentSlow()
	if r != nil && (r.shared || keepsCell(r, token)) {
		return Loss{}, false // it is in a context that was chosen for it, or has had a store of the key
	}
	cause, lost := t.lost(w, r, token)
	if !lost {
		return Loss{}, false
	}
	l = Loss{Key: token.index(), Cause: cause, Goroutine: goroutine.ID()}
	l.Statement, l.Creator = g.GoStatement()
	return l, true
}

// LossOf returns how the caller lost its store of a key, without the stack. It
// reports false if the caller lost none or nobody looks for losses.
func LossOf(k *Key) (l Loss, lost bool) {
	w, t := watched.Load(), k.Token()
	if w == nil || w.trace == nil || t == 0 {
		return Loss{}, false
	}
	return w.trace.loss(w, t)
}

// keepsCell reports whether a cell is kept for the key of a token: the goroutine
// has had a store of it, or said that it wants none.
func keepsCell(r *Record, token Token) bool {
	c := vacancy(r.cells, r.mask, token)
	return c != nil && c.token.sameIndex(token)
}

// lost reports whether the caller should have had a store for a token, and how it
// lost it.
func (t *trace) lost(w *watch, r *Record, token Token) (Cause, bool) {
	if w.labels == nil {
		return 0, false
	}
	set := w.labels.get()
	if n := t.noteIn(set); n != nil {
		return n.cause, slices.Contains(n.missing(goroutine.ID()), token)
	}
	if r != nil {
		return 0, false
	}
	_, creator := g.GoStatement()
	switch {
	case set == nil && startedByTimer():
		return Timer, t.holders.has(anybody, token.index())
	case w.inherit && len(set.shown()) > 0:
		return Overwritten, creator != 0 && t.holders.has(creator, token.index())
	}
	return 0, false
}

// holders remembers which goroutines have lately had a store of which key. A slot
// that two pairs want has the later one.
type holders [1 << 14]atomic.Uint64

// anybody stands for all goroutines. IDs begin with 1.
const anybody = 0

func (h *holders) slot(goid uint64, key uint32) (*atomic.Uint64, uint64) {
	pair := goid<<indexBits | uint64(key)
	const bits = 14
	return &h[(pair*0x9e3779b97f4a7c15)>>(64-bits)], pair
}

func (h *holders) add(goid uint64, key uint32) {
	for _, id := range []uint64{goid, anybody} {
		if slot, pair := h.slot(id, key); slot.Load() != pair {
			slot.Store(pair)
		}
	}
}

func (h *holders) has(goid uint64, key uint32) bool {
	slot, pair := h.slot(goid, key)
	return slot.Load() == pair
}
