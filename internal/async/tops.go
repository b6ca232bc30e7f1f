package async

// tops are the innermost open scopes of the keys that have one, in a record. A goroutine
// seldom has more than a few, so they are a list. A longer one has an index, or work with
// one key would depend on the scopes of others: beside 1,000 of them a Run took 5 µs
// instead of 0.05.
type tops struct {
	first *Scope // linked by next
	index map[uint32]listed
}

// listed is a top in the list, and the one before it, nil if it is the first.
type listed struct{ scope, before *Scope }

// longWalk is how many tops are looked at before there is an index.
const longWalk = 8

// of returns the top of a key, nil if there is none.
func (l *tops) of(t Token) *Scope { return l.find(t).scope }

func (l *tops) find(t Token) listed {
	if l.index == nil {
		at, steps := listed{scope: l.first}, 0
		for at.scope != nil && !at.scope.key.Token().sameIndex(t) {
			if steps++; steps == longWalk {
				l.makeIndex()
				return l.index[t.index()]
			}
			at = listed{at.scope.next, at.scope}
		}
		return at
	}
	return l.index[t.index()]
}

func (l *tops) makeIndex() {
	l.index = make(map[uint32]listed, 2*longWalk)
	for at := (listed{scope: l.first}); at.scope != nil; at = (listed{at.scope.next, at.scope}) {
		l.index[at.scope.key.Token().index()] = at
	}
}

// add adds n as the top of t's key, which has none.
func (l *tops) add(n *Scope, t Token) {
	if l.index != nil {
		l.index[t.index()] = listed{scope: n}
		l.setBefore(l.first, n)
	}
	n.next, l.first = l.first, n
}

// remove removes the top of a key and returns it, nil if there is none.
func (l *tops) remove(t Token) *Scope {
	at := l.find(t)
	n := at.scope
	if n == nil {
		return nil
	}
	if at.before == nil {
		l.first = n.next
	} else {
		at.before.next = n.next
	}
	if l.index != nil {
		delete(l.index, t.index())
		l.setBefore(n.next, at.before)
		if len(l.index) <= longWalk/2 {
			l.index = nil
		}
	}
	n.next = nil
	return n
}

// setBefore notes in the index that n, which may be nil, comes after before.
func (l *tops) setBefore(n, before *Scope) {
	if n != nil {
		l.index[n.key.Token().index()] = listed{n, before}
	}
}
