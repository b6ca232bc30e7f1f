package async

import "weak"

// covered has the grants that the scopes of one layer hide, of a key with revocable stores.
// The top refers to it, so the end of the layer can revoke them, even if scopes in between
// were forgotten and collected. The grants are weak: if only covered refers to one, no
// goroutine has captured its store, and there is nothing to revoke.
type covered struct {
	own    Cell                  // the layer's own, which the lowest scope hides
	grants []weak.Pointer[grant] // of the scopes beneath the top; the lowest is first
}

// cover passes the covered of the scope beneath to n, the new top, and adds that scope.
func (n *Scope) cover(beneath *Scope, t Token) {
	u := beneath.hidden
	c := u.covered
	if c == nil {
		c = &covered{own: u.saved}
		if c.own.token == 0 {
			c.own.empty(t)
		}
	}
	n.hidden.covered, u.covered = c, nil
	c.grants = appendWeak(c.grants, u.grant)
}

// takeCovered removes the scope's covered and returns it, nil if it has none.
func (n *Scope) takeCovered() *covered {
	if n.hidden == nil {
		return nil
	}
	c := n.hidden.covered
	n.hidden.covered = nil
	return c
}

// standIn reuses n, a top that has ended, for the scope beneath it, which was forgotten
// and collected: its store is in the cell, and must be revoked when the layer ends. That
// needs no more than c, which has the grant. No handle can end n.
func (n *Scope) standIn(c *covered) {
	h := &grant{value: noLayer.value} // for stores that EnterWith sets after a Disable
	h.root = h
	n.number++
	n.open = true
	*n.hidden = hidden{self: n.hidden.self, grant: h, covered: c}
}

// without removes the grants of the topmost scope, whose own grant is root, and those
// above it, which have ended. It returns c.
func (c *covered) without(root *grant) *covered {
	for last := len(c.grants) - 1; last >= 0; last-- {
		if h := c.grants[last].Value(); !isGone(h) && h.root != root {
			break
		}
		c.grants = c.grants[:last]
	}
	return c
}

// revoke revokes all the stores.
func (c *covered) revoke() {
	for _, w := range c.grants {
		if h := w.Value(); h != nil {
			h.revoke()
		}
	}
}
