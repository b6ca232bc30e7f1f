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

// cover passes the covered of the scope beneath to s, the new top, and adds that scope.
func (s *Scope) cover(beneath *Scope, t Token) {
	h := beneath.hidden
	c := h.covered
	if c == nil {
		c = &covered{own: h.saved}
		if c.own.token == 0 {
			c.own.vacate(t)
		}
	}
	s.hidden.covered, h.covered = c, nil
	c.grants = appendWeak(c.grants, h.grant)
}

// takeCovered removes the scope's covered and returns it, nil if it has none.
func (s *Scope) takeCovered() *covered {
	if s.hidden == nil {
		return nil
	}
	c := s.hidden.covered
	s.hidden.covered = nil
	return c
}

// standIn reuses s, a top that has ended, for the scope beneath it, which was forgotten
// and collected: its store is in the cell, and must be revoked when the layer ends. That
// needs no more than c, which has the grant. No handle can end s.
func (s *Scope) standIn(c *covered) {
	g := &grant{value: noLayer.value} // for stores that EnterWith sets after a Disable
	g.root = g
	s.number++
	s.open = true
	*s.hidden = hidden{self: s.hidden.self, grant: g, covered: c}
}

// without removes the grants of the topmost scope, whose own grant is root, and those
// above it, which have ended. It returns c.
func (c *covered) without(root *grant) *covered {
	for last := len(c.grants) - 1; last >= 0; last-- {
		if g := c.grants[last].Value(); !isGone(g) && g.root != root {
			break
		}
		c.grants = c.grants[:last]
	}
	return c
}

// revoke revokes all the stores.
func (c *covered) revoke() {
	for _, w := range c.grants {
		if g := w.Value(); g != nil {
			g.revoke()
		}
	}
}
