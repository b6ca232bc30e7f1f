package alsdebug

import (
	"strconv"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// A matcher finds the goroutines of which a label, a storage, the state or the place of
// the go statement contains the filter, or whose ID it is.
type matcher struct {
	filter string

	// Many goroutines hold stores of few storages and start at few places. Results
	// are kept, because to lower the case of a long name takes microseconds.
	storages map[*async.KeyInfo]bool
	started  map[string]bool
}

func newMatcher(filter string) matcher {
	return matcher{filter, make(map[*async.KeyInfo]bool), make(map[string]bool)}
}

// searched is how many bytes of a text are compared with the filter.
const searched = 4 << 10

func (m *matcher) matches(h *inspect.Goroutine) bool {
	if m.filter == "" {
		return true
	}
	for _, s := range h.Stores {
		if m.has(s.Label) || m.hasStorage(s.Key) {
			return true
		}
	}
	place := h.Started()
	matches, known := m.started[place]
	if !known {
		matches = m.has(place)
		m.started[place] = matches
	}
	return matches || m.has(h.State()) || strconv.FormatUint(h.ID, 10) == m.filter
}

func (m *matcher) has(s string) bool {
	return strings.Contains(strings.ToLower(s[:min(len(s), searched)]), m.filter)
}

func (m *matcher) hasStorage(key *async.KeyInfo) bool {
	matches, known := m.storages[key]
	if !known {
		matches = m.has(key.String())
		m.storages[key] = matches
	}
	return matches
}
