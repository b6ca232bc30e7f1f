package main

import "slices"

// A mutant is one edit of the code that a test must notice. It replaces the anchor, which
// its file contains once; TestAnchors checks that.
type mutant struct {
	file, anchor, with string

	// equivalent says why no test can notice, "" for most.
	equivalent string

	// window describes the interleaving that shows it, where that is too rare for a test to
	// meet it each time. "" for most.
	window string
}

// mutants are all edits; their numbers count from 1.
var mutants = slices.Concat(engineMutants, publicMutants)

// engineMutants are edits of the engine, of inheritance, and of the table.
var engineMutants = []mutant{
	// The end of a layer restores the store beneath.
	{file: "internal/async/layer.go", anchor: "	*c = l.saved\n", with: ""},
	{file: "internal/async/layer.go", anchor: "	l.saved.saveFrom(c, t)\n", with: "	l.saved.empty(t)\n"},
	{file: "internal/async/layer.go", anchor: "		c.revokeLayer(l.token)\n", with: ""},
	{file: "internal/async/layer.go", anchor: "	if r.has(scoped) {\n		r.endAbove(l.token)\n	}\n", with: ""},
	{file: "internal/async/revoke.go", anchor: "h == nil || h.root == noLayer", with: "h == nil || h.root != noLayer"},
	{file: "internal/async/revoke.go", anchor: "	h.root.revoke()\n", with: ""},
	{file: "internal/async/layer.go", anchor: "		l.beneath = r.takeTop(t)\n", with: ""},
	{file: "internal/async/layer.go", anchor: "	c.empty(t)\n	l.Entered(c)\n", with: "	l.Entered(c)\n"},

	// Cells and tokens.
	{file: "internal/async/cell.go", anchor: "	saved.empty(t)\n	*c = Cell{token: t}\n", with: "	*saved = *c\n	*c = Cell{token: t}\n"},
	{file: "internal/async/cell.go", anchor: "func (c *Cell) Restore(was Token) { c.token = was }", with: "func (c *Cell) Restore(was Token) { c.token |= was }"},
	{file: "internal/async/cell.go", anchor: "	return t.vacant()\n", with: "	return t\n"},
	{file: "internal/async/cell.go", anchor: "earlier == nil || earlier.ended()", with: "earlier == nil"},
	{file: "internal/async/cell.go", anchor: "		h.join(earlier.root)\n", with: "		h.root = earlier.root\n"},
	{file: "internal/async/revoke.go", anchor: "h.root != h && h.rest.Load() == nil }", with: "h.root != h }"},
	{file: "internal/async/revoke.go", anchor: "bool { return h.root != h && h.rest", with: "bool { return h.rest"},
	{file: "internal/async/revoke.go", anchor: "		h.rest.Store(captured)\n", with: ""},
	{file: "internal/async/cell.go", anchor: "		h.root = h\n	case", with: "		h.root = noLayer\n	case"},
	{file: "internal/async/token.go", anchor: "func (t Token) next() Token { return t + generation }", with: "func (t Token) next() Token { return t }"},
	{file: "internal/async/token.go", anchor: "{offsetScalar, \"sps\"}", with: "{offsetScalar, \"spp\"}"},
	{file: "internal/async/token.go", anchor: "		words[at/wordSize+1] = 'p'", with: "		words[at/wordSize] = 'p'"},

	// The homes of keys.
	{file: "internal/async/homes.go", anchor: "	if size > 64 {\n		return homes{}\n	}\n", with: ""},
	{file: "internal/async/homes.go", anchor: "size <= live {", with: "size < live {"},
	{file: "internal/async/homes.go", anchor: "!t.IsVacant() && !registry.stale(t)", with: "!t.IsVacant()"},
	{file: "internal/async/homes.go", anchor: "!t.IsVacant() && !registry.stale(t)", with: "!registry.stale(t)"},
	{file: "internal/async/homes.go", anchor: "(index + place) & h.mask", with: "(index + 0*place) & h.mask"},
	{file: "internal/async/homes.go", anchor: "h.cells&cell == 0 {", with: "true {"},
	{file: "internal/async/homes.go", anchor: "h.cells>>(index&h.mask)&1", with: "h.cells>>index&1"},
	{file: "internal/async/homes.go", anchor: "		if !taken.has(ks.free[i]) {\n", with: "		if true {\n"},
	{file: "internal/async/homes.go", anchor: " && i > last-fewReleased;", with: ";"},
	{file: "internal/async/homes.go", anchor: "n <= fewIndexes;", with: "true;"},
	{file: "internal/async/homes.go", anchor: "		if !taken.has(scatter(n)) {\n", with: "		if true {\n"},
	{file: "internal/async/homes.go", anchor: "				ks.free = append(ks.free, ks.extend())\n", with: "				ks.extend()\n"},
	{file: "internal/async/homes.go", anchor: "	if last >= 0 {\n		return ks.reuse(last)\n	}\n", with: ""},
	{file: "internal/async/homes.go", anchor: "	ks.free = slices.Delete(ks.free, i, i+1)\n", with: "	ks.free = slices.Delete(ks.free, i, len(ks.free))\n"},
	{file: "internal/async/key.go", anchor: "shape|purpose, takenBy(r))", with: "shape|purpose, homes{mask: takenBy(r).mask})"},

	// Records.
	{file: "internal/async/record.go", anchor: "	r.cells, r.cellState = &r.inline, cellState{}\n", with: "	r.cellState = cellState{}\n"},
	{file: "internal/async/record.go", anchor: "		if c.token == t {\n			return c\n		}\n		if c.token == 0 {", with: "		if c.token.sameIndex(t) {\n			return c\n		}\n		if c.token == 0 {"},
	{file: "internal/async/record.go", anchor: "			break // no cell alone becomes 0 again", with: "			continue // no cell alone becomes 0 again",
		equivalent: "the end of the probe is an optimisation: cells behind an untouched one hold no store of the key"},
	{file: "internal/async/record.go", anchor: "	home := (uint32(t) + place<<indexShift) & mask", with: "	home := (uint32(t) + (place+1)<<indexShift) & mask"},
	{file: "internal/async/record.go", anchor: "	if r.has(shared) {\n		r.unshare()\n	}\n	for {", with: "	for {"},
	{file: "internal/async/record.go", anchor: "	if size > 1 || r.has(inlineLent) {", with: "	if size > 1 {"},
	{file: "internal/async/record.go", anchor: "	r.set(shared|room, false)\n}\n\n// grow", with: "	r.set(room, false)\n}\n\n// grow"},
	{file: "internal/async/record.go", anchor: "vacant == nil && c.token.IsVacant()", with: "vacant == nil && !c.token.IsVacant()"},
	{file: "internal/async/record.go", anchor: "	r.published = unobserved()\n	if r.extra", with: "	if r.extra"},
	{file: "internal/async/record.go", anchor: "		r.resetExtras()\n", with: ""},

	// Captures.
	{file: "internal/async/context.go", anchor: "	r.set(shared, true)\n	return true\n}", with: "	return true\n}"},
	{file: "internal/async/context.go", anchor: "	if inline {\n		r.inline = Cell{}\n	}\n", with: ""},
	{file: "internal/async/context.go", anchor: "r.flags&(shared|scoped) == shared && r", with: "r.flags&shared != 0 && r"},
	{file: "internal/async/context.go", anchor: "r.flags&(shared|scoped) == shared && r", with: "r.flags&scoped == 0 && r"},
	{file: "internal/async/context.go", anchor: "r.cells != &noCells && !privateInUse.Load():", with: "!privateInUse.Load():"},
	{file: "internal/async/context.go", anchor: "r.cells != &noCells && !privateInUse.Load():", with: "r.cells != &noCells:"},
	{file: "internal/async/context.go", anchor: "	if privateInUse.Load() && hold(r.Cells(), private) {", with: "	if false {"},
	{file: "internal/async/context.go", anchor: "		if r.has(scoped) {\n			r.dropEnded()\n		}\n		return", with: "		return"},
	{file: "internal/async/context.go", anchor: "	if r.has(scoped) {\n		r.dropEnded()\n	}\n	if !r", with: "	if !r"},
	{file: "internal/async/context.go", anchor: "	if !r.has(shared) && !r.freeze() || r.cells == &noCells {", with: "	if !r.has(shared) && !r.freeze() {"},
	{file: "internal/async/context.go", anchor: "	c.dropStale()\n	if c.Lies()", with: "	if c.Lies()"},
	{file: "internal/async/context.go", anchor: "		c.addGrant()\n	}\n	if h", with: "	}\n	if h"},
	{file: "internal/async/context.go", anchor: "		s.outer = unsafe.Pointer(r.takeTops())\n", with: "		r.takeTops()\n"},
	{file: "internal/async/context.go", anchor: "		flags |= inlineLent\n", with: ""},
	{file: "internal/async/context.go", anchor: " | shared | switched\n", with: " | shared\n"},
	{file: "internal/async/context.go", anchor: "	r.cells, r.cellState = s.cells, s.cellState\n", with: "	r.cells = s.cells\n"},
	{file: "internal/async/context.go", anchor: "	if s.cells == nil {\n		r.clear()\n", with: "	if s.cells == nil {\n"},
	{file: "internal/async/context.go", anchor: "	r.putTops(tops)\n", with: ""},
	{file: "internal/async/context.go", anchor: "	r := s.rec\n	if r.has(scoped) {\n		r.endAll()\n	}\n", with: "	r := s.rec\n"},
	{file: "internal/async/context.go", anchor: "	r.reset()\n	r.Changed()", with: "	r.Changed()"},

	// Loops over bound sequences.
	{file: "internal/async/loop.go", anchor: "	l.swap()\n	l.inSequence = true\n", with: "	l.inSequence = true\n"},
	{file: "internal/async/loop.go", anchor: "	l.inSequence = false\n	l.swap()\n", with: "	l.swap()\n"},
	{file: "internal/async/loop.go", anchor: "		s.outer = unsafe.Pointer(r.takeTops())\n", with: "		_ = unsafe.Pointer(r.takeTops())\n"},
	{file: "internal/async/loop.go", anchor: "	r.set(inlineLent, true) // the body", with: "	// the body"},

	// Revocation.
	{file: "internal/async/revoke.go", anchor: "	if h.ended() {\n		return nil\n	}\n", with: ""},
	{file: "internal/async/revoke.go", anchor: "	case c.markedInPlace():\n	case c.ptr", with: "	case c.ptr"},
	{file: "internal/async/revoke.go", anchor: "c.ptr != nil && !(*grant)(c.ptr).ended()", with: "false"},
	{file: "internal/async/revoke.go", anchor: "	if c.length == liesOfRun {\n		h.root = h\n	}\n", with: ""},
	{file: "internal/async/revoke.go", anchor: "unsafe.Pointer(outliving)", with: "unsafe.Pointer(h)"},
	{file: "internal/async/revoke.go", anchor: "			outliving.capture()\n", with: ""},
	{file: "internal/async/revoke.go", anchor: "		c.length = liesForGood\n", with: "		c.length = liesOfRun\n"},
	{file: "internal/async/revoke.go", anchor: "	rest.entered = appendWeak(rest.entered, h)\n", with: ""},
	{file: "internal/async/revoke.go", anchor: "	if h.ended() {\n		h.revoke()\n	}\n", with: ""},
	{file: "internal/async/cell.go", anchor: "	c.revokeLayer(t)\n	*c = was\n", with: "	*c = was\n"},
	{file: "internal/async/cell.go", anchor: "		was = Cell{token: t.vacant()}\n", with: ""},
	{file: "internal/async/offer.go", anchor: "	if atomic.LoadPointer(&o.ptr) == nil {\n		h.revoke()\n	}\n", with: ""},
	{file: "internal/async/offer.go", anchor: "	atomic.StorePointer(&o.ptr, nil)\n", with: ""},
	{file: "internal/async/offer.go", anchor: "		h.revoke()\n	}\n}\n", with: "	}\n}\n"},
	{file: "internal/inheritance/inheritance.go", anchor: "		(*offerNode)(p.Now).Withdraw()\n", with: ""},

	// Scopes.
	{file: "internal/async/scope.go", anchor: "n.number != h.number || !n.open", with: "!n.open"},
	{file: "internal/async/scope.go", anchor: "n.number != h.number || !n.open", with: "n.number != h.number"},
	{file: "internal/async/scope.go", anchor: "id != h.goid {\n		return h.endElsewhere(id)", with: "id != h.goid {\n		return true"},
	{file: "internal/async/scope.go", anchor: "		h.grant.revoke()\n		return true\n", with: "		return true\n"},
	{file: "internal/async/scope.go", anchor: "		n.needHidden().saved = *c\n", with: "		n.needHidden()\n"},
	{file: "internal/async/scope.go", anchor: "	n.number++\n", with: ""},
	{file: "internal/async/scope.go", anchor: "		n.needHidden().scope = top.weak()\n", with: "		n.needHidden()\n"},
	{file: "internal/async/scope.go", anchor: "		top.above = n.weak()\n", with: ""},
	{file: "internal/async/scope.go", anchor: "		u.saved, u.scope = n.hidden.saved, n.hidden.scope\n", with: ""},
	{file: "internal/async/scope.go", anchor: "	if ended = n.hasEnded(); ended {\n		r.end(n)\n	}\n", with: ""},
	{file: "internal/async/scope.go", anchor: "		n.revoke()\n		if t&revocable != 0 {\n			n.restore", with: "		if t&revocable != 0 {\n			n.restore"},
	{file: "internal/async/scope.go", anchor: "	if beneath == nil || !beneath.hasEnded() {\n		return nil\n	}\n	return beneath\n", with: "	return nil\n"},
	{file: "internal/async/context.go", anchor: "	if r.has(scoped) {\n		r.endAll()\n	}\n	r.reset()\n", with: "	r.reset()\n"},
	{file: "internal/async/scope.go", anchor: "	r.set(scoped, x.tops.first != nil)\n	x.spares", with: "	r.set(scoped, false)\n	x.spares"},

	// Goroutines that als.Go starts.
	{file: "internal/async/go.go", anchor: "		c = r.capture()\n", with: ""},
	{file: "internal/async/go.go", anchor: "	t.context, t.fn = c, fn\n", with: "	t.fn = fn\n"},

	// Inheritance by plain go statements.
	{file: "internal/inheritance/inheritance.go", anchor: "	if r.Publishes(unsafe.Pointer(set)) {\n		return\n	}\n", with: "",
		equivalent: "publishes again what is published: slower, not wrong"},
	{file: "internal/inheritance/inheritance.go", anchor: "below, depth = atomic.LoadPointer(&top.below), depth-1", with: "depth--"},
	{file: "internal/inheritance/inheritance.go", anchor: "		o.publish(r, (*labelset.Set)(p.Was))\n		return\n", with: "		return\n"},
	{file: "internal/inheritance/inheritance.go", anchor: "	} else {\n		o.rebase(r, set)\n	}\n}\n\n// Changed", with: "	}\n}\n\n// Changed"},
	{file: "internal/inheritance/inheritance.go", anchor: "detached || c.Empty() {", with: "detached {"},
	{file: "internal/inheritance/inheritance.go", anchor: "func (o *observer) Changed(r *async.Record, isNew bool) { o.rebase(r, o.Get()) }", with: "func (o *observer) Changed(r *async.Record, isNew bool) {}"},
	{file: "internal/inheritance/inheritance.go", anchor: "		depth--\n", with: "",
		equivalent: "a depth that is one too large flattens the chain sooner: slower, not wrong"},

	// What the engine publishes without a call of the observer.
	{file: "internal/async/context.go", anchor: " && bare(was) {", with: " {"},
	{file: "internal/async/context.go", anchor: " && bare(link) {", with: " {"},
	{file: "internal/async/feature.go", anchor: "observing.Load() != nil && !(explicitInUse.Load() && hold(cells, explicit))", with: "observing.Load() != nil"},
	{file: "internal/async/context.go", anchor: " && bare(s.outer) && bare(o.labels()) {", with: " && bare(s.outer) {"},
	{file: "internal/async/context.go", anchor: " && bare(s.outer) && bare(o.labels()) {", with: " && bare(o.labels()) {"},
	{file: "internal/async/observer.go", anchor: " && o.labels() == p.Now:", with: ":"},
	{file: "internal/async/observer.go", anchor: " && !t.InPlace() && ", with: " && "},

	// The table: where a goroutine's record is found.
	{file: "internal/table/table.go", anchor: "e := newest.findAll(h, id); e != nil || t.isNewest(newest)", with: "e := newest.findAll(h, id); true"},
	{file: "internal/table/table.go", anchor: "	return t.newest.Load() == a, false\n", with: "	return true, false\n"},
	{file: "internal/table/table.go", anchor: "newer == nil || a.left.Load() > 0", with: "newer == nil"},
	{file: "internal/table/table.go", anchor: "		if id := certain(e.owner.Load()); id != gone {", with: "		if id := certain(e.owner.Load()); id == gone {"},
	{file: "internal/table/table.go", anchor: "	t.arm()\n}", with: "}"},
	{file: "internal/table/array.go", anchor: "	for pos := h; pos <= h+a.mask; pos++ {\n		e := a.slot(pos).Load()\n", with: "	for pos := h + 1; pos <= h+a.mask; pos++ {\n		e := a.slot(pos).Load()\n"},
	{file: "internal/table/array.go", anchor: "case there == tombstone && isNew:", with: "case there == tombstone:"},
	{file: "internal/table/array.go", anchor: "			if used.Add(1) > shardLimit {\n				used.Add(-1)\n", with: "			if used.Add(1) > shardLimit {\n"},
	{file: "internal/table/array.go", anchor: "		case e.g != g:\n", with: "		case e.g == g:\n"},
	{file: "internal/table/sweep.go", anchor: "	t.armed.Store(false) // before", with: "	// before"},
	{file: "internal/table/sweep.go", anchor: "			slot.CompareAndSwap(e, tombstone)\n", with: ""},
	{file: "internal/table/sweep.go", anchor: "id != Claimed && !alive(e.g, id) &&", with: "id != Claimed &&"},
	{file: "internal/table/sweep.go", anchor: "	case !isInDoubt(word):\n		return false\n", with: ""},
	{file: "internal/table/entry.go", anchor: "return earlier < Claimed && e.owner", with: "return e.owner"},
	{file: "internal/table/entry.go", anchor: "	if owner := e.owner.Load(); owner < Claimed {", with: "	if owner := e.owner.Load(); true {",
		equivalent: "the marks that are no IDs have the bit already: setting it changes nothing"},
}
