package loss

import "sync"

// A Seen remembers values and says which are new. Any number of goroutines
// may use it. The zero Seen has seen nothing.
type Seen[T comparable] struct {
	mu   sync.Mutex
	seen map[T]bool
}

// maxSeen bounds the memory of a Seen. A program has fewer places where it loses
// stores, unless it makes storages all the time.
const maxSeen = 100_000

// First reports whether v has not been seen before. Once the set is full it reports
// false.
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
