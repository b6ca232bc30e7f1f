package soak

// locals are the values of package gls that a goroutine must find.
type locals struct {
	table, local uint64 // 0 is none
}

func (l *locals) check(g *goroutine) {
	var found uint64
	if p := g.table.Load(); p != nil {
		found = *p
	}
	if found != l.table {
		g.fault(g.kind(found), "gls.Table: found %x, want %x", found, l.table)
	}
	found, ok := g.variable.Get()
	if found != l.local || ok != (l.local != 0) {
		g.fault(g.kind(found), "gls.Local: found %x, want %x", found, l.local)
	}
}

// change sets or deletes a value.
func (l *locals) change(g *goroutine) {
	switch id := g.id(); g.rng.IntN(4) {
	case 0:
		g.table.Store(&id)
		l.table = id
	case 1:
		g.table.Delete()
		l.table = 0
	case 2:
		g.variable.Set(id)
		l.local = id
	case 3:
		g.variable.Delete()
		l.local = 0
	}
}

// clear deletes the values of a goroutine that goes on. Other goroutines exit without
// deleting them.
func (l *locals) clear(g *goroutine) {
	if g.kept {
		g.table.Delete()
		g.variable.Delete()
	}
}
