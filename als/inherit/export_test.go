package inherit

import (
	"maps"
	"testing"
)

// ForgetDetached makes the end of t undo the calls of Detach and DetachNamed since then.
func ForgetDetached(t testing.TB) {
	detached.mu.Lock()
	defer detached.mu.Unlock()
	names := maps.Clone(detached.names)
	t.Cleanup(func() {
		detached.mu.Lock()
		defer detached.mu.Unlock()
		detached.names, detached.known = names, nil
		detached.given, detached.missing = nil, nil
	})
}
