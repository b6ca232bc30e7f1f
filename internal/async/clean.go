package async

import "unsafe"

// A Clean is a layer for all keys that starts without stores. It is used like a
// [Switch] to the zero Context and does the same, but where the goroutine has no
// stores anyway it keeps its cells: a goroutine that does one such piece of work
// after the other, as one of a kept connection does, allocates them once.
type Clean struct {
	away Switch
	rec  *Record // of a goroutine that had no stores, nil if it had to switch
}

// EnterClean begins the layer.
func EnterClean() Clean {
	r := own()
	if !r.holdsNothing() {
		return Clean{away: Context{}.Enter()}
	}
	r.Busy()
	return Clean{rec: r}
}

// Leave ends the layer: the caller's stores are as before. Scopes opened since end.
func (c Clean) Leave() {
	r := c.rec
	if r == nil {
		c.away.Leave()
		return
	}
	if r.scopes != nil {
		r.endAll()
	}
	if r.shared {
		r.letGo()
	} else {
		cells := unsafe.Slice(r.cells, arraySize(r.mask))
		for i := range cells {
			if !cells[i].token.isClaim() {
				cells[i].empty(cells[i].token)
			}
		}
	}
	r.Rest()
}

// holdsNothing reports whether the record has cells of its own and nothing in them.
func (r *Record) holdsNothing() bool {
	if r.shared || r.scopes != nil {
		return false
	}
	for _, c := range unsafe.Slice(r.cells, arraySize(r.mask)) {
		if !c.token.isClaim() {
			return false
		}
	}
	return true
}

// letGo leaves the record's cells to the contexts that share them.
func (r *Record) letGo() {
	r.mask = 0
	if r.away {
		r.cells = &noCells // inline is somebody's to come back to
		return
	}
	r.cells, r.shared = &r.inline, false
	r.inline = Cell{}
}
