package g

import "testing"

// For the tests of package g_test, which need package goroutine.
const (
	SearchLimit    = searchLimit
	StatusDistance = statusDistance
	StatusRunning  = statusRunning
	StatusDead     = statusDead
	StatusScanBit  = statusScanBit
	TracebackSize  = tracebackSize
)

// ForceLayout replaces what init found out until the test ends.
func ForceLayout(t testing.TB, goid, status, start uintptr, id func() uint64) {
	oldGoid, oldKnown, oldID := goidOffset, known, ownID
	t.Cleanup(func() { goidOffset, known, ownID = oldGoid, oldKnown, oldID })
	goidOffset, known, ownID = goid, layout{status: status, start: start}, id
}

// StartOffset and StatusOffset return what init found out.
func StartOffset() uintptr  { return known.start }
func StatusOffset() uintptr { return known.status }

// FindAgain returns whether a second search finds the same.
func FindAgain() bool { return find() == known && findOrigin() == origins() }

// IDs returns what the census has of a traceback.
func (c *Census) IDs() map[uint64]struct{} { return c.ids }

var (
	CreatorLiesAt   = creatorLiesAt
	StatementLiesAt = statementLiesAt
	StatusLiesAt    = statusLiesAt
)

// Origins returns the offsets of the go statement and its goroutine.
func Origins() (creator, statement uintptr) { return origins().creator, origins().statement }
