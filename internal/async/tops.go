package async

// tops are the innermost open scopes of the keys that have one, in a record. A goroutine
// seldom has more than a few, so they are a list. A longer one has an index, or work with
// one key would depend on the scopes of others: beside 1,000 of them a Run took 5 µs
// instead of 0.05. While a Switch is in another context, the list and its index stay as
// they are: a Run after the call of a bound function, beside 10 scopes, took 1.3 µs when the
// index was made again, and takes 0.05.
type tops struct {
	first *Scope // linked by next
	index *topIndex
}

type topIndex struct {
	of        map[uint32]listed
	revocable int // how many can be revoked
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
		for at.scope != nil && !at.scope.key.Token().SameIndex(t) {
			if steps++; steps == longWalk {
				l.makeIndex()
				return l.index.of[t.Index()]
			}
			at = listed{at.scope.next, at.scope}
		}
		return at
	}
	return l.index.of[t.Index()]
}

func (l *tops) makeIndex() {
	l.index = &topIndex{of: make(map[uint32]listed, 2*longWalk)}
	for at := (listed{scope: l.first}); at.scope != nil; at = (listed{at.scope.next, at.scope}) {
		l.index.of[at.scope.key.Token().Index()] = at
		l.index.count(at.scope.key.Token(), 1)
	}
}

// count adds a scope of the key with this token, or removes it, with n = -1.
func (x *topIndex) count(t Token, n int) {
	if t&revocable != 0 {
		x.revocable += n
	}
}

// add adds s as the top of t's key, which has none.
func (l *tops) add(s *Scope, t Token) {
	if l.index != nil {
		l.index.of[t.Index()] = listed{scope: s}
		l.setBefore(l.first, s)
		l.index.count(t, 1)
	}
	s.next, l.first = l.first, s
}

// remove removes the top of a key and returns it, nil if there is none.
func (l *tops) remove(t Token) *Scope {
	at := l.find(t)
	s := at.scope
	if s == nil {
		return nil
	}
	if at.before == nil {
		l.first = s.next
	} else {
		at.before.next = s.next
	}
	if l.index != nil {
		delete(l.index.of, t.Index())
		l.setBefore(s.next, at.before)
		l.index.count(t, -1)
		if len(l.index.of) <= longWalk/2 {
			l.index = nil
		}
	}
	s.next = nil
	return s
}

// setBefore notes in the index that s, which may be nil, comes after before.
func (l *tops) setBefore(s, before *Scope) {
	if s != nil {
		l.index.of[s.key.Token().Index()] = listed{s, before}
	}
}
