package async

import (
	"slices"
	"weak"
)

// covered is what the scopes of one layer hide of a key with revocable stores. The top
// has it, so it is found when the layer ends, also if scopes in between are forgotten
// and collected. It keeps none of their stores: a grant that nothing else keeps has been
// captured by no goroutine, and there is nothing to revoke.
type covered struct {
	own    Cell                  // the layer's own, which the lowest scope hides
	grants []weak.Pointer[grant] // of the scopes beneath the top, and of EnterWiths in them; the lowest is first
}

// cover makes n, which has just become a top, take over what the one beneath covers, and
// cover that one.
func (n *Scope) cover(t Token) {
	beneath := n.beneath()
	if beneath == nil {
		return
	}
	u := beneath.hidden
	c := u.covered
	if c == nil {
		c = &covered{own: u.saved}
		if c.own.token == 0 {
			c.own.empty(t)
		}
	}
	n.hidden.covered, u.covered = c, nil
	c.add(u.grant)
	if h := grantIn(&n.hidden.saved, t); h != nil && h != u.grant && h.root == u.grant {
		c.add(h)
	}
}

// takeCovered takes what the scope covers from it, nil if that is nothing.
func (n *Scope) takeCovered() *covered {
	if n.hidden == nil {
		return nil
	}
	c := n.hidden.covered
	n.hidden.covered = nil
	return c
}

// standIn makes n, a top that has ended, stand for the scope beneath it, which was
// forgotten: its store is in the cell, and is to be revoked when the layer ends. No
// handle can end n.
func (n *Scope) standIn(cell *Cell, t Token, c *covered) {
	root := &grant{value: noLayer.value}
	root.root = root
	if h := grantIn(cell, t); h != nil && h.root != noLayer {
		root = h.root
	}
	n.number++
	n.open = true
	*n.hidden = hidden{self: n.hidden.self, grant: root, covered: c.without(root)}
}

// add adds the grant of a store that gets covered.
func (c *covered) add(h *grant) {
	if len(c.grants) == cap(c.grants) {
		c.grants = slices.DeleteFunc(c.grants, func(w weak.Pointer[grant]) bool { return isGone(w.Value()) })
	}
	c.grants = append(c.grants, weak.Make(h))
}

// without takes out the grants of the topmost scope, whose own grant is root, and those
// above, which have ended.
func (c *covered) without(root *grant) *covered {
	for last := len(c.grants) - 1; last >= 0; last-- {
		if h := c.grants[last].Value(); !isGone(h) && h.root != root {
			break
		}
		c.grants = c.grants[:last]
	}
	return c
}

// revoke revokes all that is covered.
func (c *covered) revoke() {
	for _, w := range c.grants {
		if h := w.Value(); h != nil {
			h.root.revoke() // that of a scope: see cover
			h.revoke()
		}
	}
}

// isGone reports whether there is nothing to revoke.
func isGone(h *grant) bool { return h == nil || h.ended() }
