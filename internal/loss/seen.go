package loss

import "sync"

// A Seen is a set of values for any number of goroutines. The zero Seen is empty.
type Seen[T comparable] struct {
	mu   sync.Mutex
	seen map[T]bool
}

// maxSeen bounds the memory of a Seen. A program that loses stores in more places keeps
// making storages.
const maxSeen = 100_000

// First adds v and reports whether it is new. Once the set is full it reports false.
func (s *Seen[T]) First(v T) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[v] || len(s.seen) >= maxSeen {
		return false
	}
	if s.seen == nil {
		s.seen = make(map[T]bool)
	}
	s.seen[v] = true
	return true
}
