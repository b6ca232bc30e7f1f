package loss

import (
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/labelset"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// An owner has the stores and labels of a goroutine as of its last change. It is
// immutable; the next change replaces it.
type owner struct {
	goid      uint64
	g         uintptr
	has       []async.Token
	lost      []async.Token // by a detached goroutine
	published uintptr       // the address of its labels then; a pointer would keep the stores in them
}

// replaced reports whether the owner has other labels than it has published. It is safe
// because a g is never freed. If the owner has ended, its g may have the labels of another
// goroutine. If other labels lie at the same address by now, a loss goes unreported.
func (o *owner) replaced() bool { return labels.Of(o.g) != o.published }

const ownerBits = 14

// owners has the goroutines that hold or have lost stores, by a hash of their IDs. If two
// have the same slot, the later one gets it. A loss may then go unreported, but no false one
// is reported.
type owners [1 << ownerBits]atomic.Pointer[owner]

func (os *owners) slot(goid uint64) *atomic.Pointer[owner] {
	return &os[(goid*table.HashFactor)>>(64-ownerBits)]
}

// set notes what the calling goroutine holds and has lost.
func (os *owners) set(goid uint64, has, lost []async.Token, published *labelset.Set) {
	slot := os.slot(goid)
	if len(has)+len(lost) > 0 {
		gp, _ := g.Self()
		slot.Store(&owner{goid, gp, has, lost, uintptr(unsafe.Pointer(published))})
	} else if old := slot.Load(); old != nil && old.goid == goid {
		slot.CompareAndSwap(old, nil)
	}
}

// lostBy returns the stores that the goroutine with an ID has lost.
func (os *owners) lostBy(goid uint64) []async.Token {
	if o := os.of(goid); o != nil {
		return slices.Clone(o.lost)
	}
	return nil
}

// of returns the owner with an ID, nil if there is none.
func (os *owners) of(goid uint64) *owner {
	if o := os.slot(goid).Load(); o != nil && o.goid == goid {
		return o
	}
	return nil
}

// everSet has the keys of which any goroutine has had a store since the search began, by
// a hash of their indexes.
type everSet [1 << 10]atomic.Uint64

func (s *everSet) slot(t async.Token) *atomic.Uint64 { return &s[t.Index()%uint32(len(s))] }

func (s *everSet) add(t async.Token) {
	if slot := s.slot(t); slot.Load() != uint64(t) {
		slot.Store(uint64(t))
	}
}

func (s *everSet) has(t async.Token) bool { return s.slot(t).Load() == uint64(t) }
