package async

import "github.com/seed-1938943e/goroutine"

// A Scope is a layer that ends when it is told to, in whatever order. Scopes of
// one goroutine form a list, the innermost first.
//
// One that ends is taken out of the list: what lies on it, the next scope of its
// key or the store in the key's cell, then lies on what was beneath it. Only a
// scope that Runs and Exits lie on directly, which covers it, is marked and stays
// until they are over: they put back what they found when they began.
type Scope struct {
	older   *Scope // the next in the list; kept when taken out, for walks that stand here
	rec     *Record
	goid    uint64
	token   Token
	key     *Key    // nobody else can have the index while the scope is in the list
	holder  *holder // of the scope's own store, if it can be revoked
	saved   Cell    // what the key's cell held
	covered int32   // Runs and Exits of the key that lie directly on the scope
	ended   bool
}

// OpenScope opens a scope for the key with this token and returns it and the cell
// that the caller puts the store into, as [Layer.Enter] does.
func OpenScope(t Token) (*Scope, *Cell) {
	r, c := Claim(t)
	n := &Scope{older: r.scopes, rec: r, goid: goroutine.ID(), token: t}
	n.saved.take(c, t)
	r.scopes = n
	return n, c
}

// Opened says that the store is in the cell.
func (n *Scope) Opened() { n.rec.Changed() }

// Keep tells the scope whose it is. A key that is garbage gives its index back, so
// the scope keeps it until it has put back what it saved.
func (n *Scope) Keep(k *Key) { n.key = k }

// Revocable tells the scope that the store in its cell is boxed. If it can be
// revoked, the box is a holder, for the end of the scope to revoke.
func (n *Scope) Revocable(c *Cell) {
	if n.token&revocable != 0 {
		n.holder = (*holder)(c.ptr)
	}
}

// End ends the scope, if it has not ended yet. It reports false, and does
// nothing, on a goroutine other than that of OpenScope.
func (n *Scope) End() (here bool) {
	if n.goid != goroutine.ID() {
		return false
	}
	if !n.ended {
		n.end()
		n.rec.settle(n.token)
		n.rec.Changed()
		n.rec.raceIdle()
	}
	return true
}

// end marks the scope and revokes its store.
func (n *Scope) end() {
	n.ended = true
	if n.holder == nil {
		return
	}
	n.holder.revoke()
	if h := holderIn(n.rec.claim(n.token), n.token); h != nil && h.root == n.holder {
		h.revoke()
	}
	n.holder = nil
}

// innermost returns the first scope in the list for the key of a token.
func (r *Record) innermost(t Token) *Scope {
	for n := r.scopes; n != nil; n = n.older {
		if n.token.sameIndex(t) {
			return n
		}
	}
	return nil
}

// cover notes that a Run or Exit comes to lie on the innermost scope of a key.
func (r *Record) cover(t Token) *Scope {
	n := r.innermost(t)
	if n != nil {
		n.covered++
	}
	return n
}

// endAbove takes the scopes of a key that were opened after under out of the
// list, ending those that are still open. The caller restores the cell.
func (r *Record) endAbove(t Token, under *Scope) {
	for n := r.innermost(t); n != nil && n != under; n = r.innermost(t) {
		if !n.ended {
			n.end()
		}
		r.takeOut(n)
	}
}

// settle takes out the ended scopes of a key that are not covered.
func (r *Record) settle(t Token) {
	var above *Scope // the next scope of the key, which lies directly on n
	for n := r.scopes; n != nil; n = n.older {
		switch {
		case !n.token.sameIndex(t):
		case !n.ended || n.covered > 0:
			above = n
		case above != nil:
			above.saved = n.saved
			r.takeOut(n)
		default:
			*r.claim(t) = n.saved
			r.takeOut(n)
		}
	}
}

// settleAll does so for all keys, when a switch of contexts comes back to a
// record whose scopes may have been ended while it was away.
func (r *Record) settleAll() {
	for n := r.scopes; n != nil; n = n.older {
		if n.ended {
			r.settle(n.token)
		}
	}
}

// endAll ends all scopes in the list, whose cells are about to be dropped.
func (r *Record) endAll() {
	for n := r.scopes; n != nil; n = n.older {
		if !n.ended {
			n.end()
		}
		n.saved, n.key = Cell{}, nil
	}
	r.scopes = nil
}

func (r *Record) takeOut(n *Scope) {
	at := &r.scopes
	for *at != n {
		at = &(*at).older
	}
	*at = n.older
	n.saved, n.key = Cell{}, nil // a Scope that is kept after its end keeps nothing
}
