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

// ForceLayout replaces the result of init until the test ends.
func ForceLayout(t testing.TB, goid, status, start uintptr, id func() uint64) {
	oldGoid, oldKnown, oldID := goidOffset, known, ownID
	t.Cleanup(func() { goidOffset, known, ownID = oldGoid, oldKnown, oldID })
	goidOffset, known, ownID = goid, layout{status: status, start: start}, id
}

// StartOffset and StatusOffset return the result of init.
func StartOffset() uintptr  { return known.start }
func StatusOffset() uintptr { return known.status }

// FindAgain reports whether a second search has the same result.
func FindAgain() bool { return find() == known && findOrigin() == origins() }

// IDs returns the IDs of the traceback that the census took, nil if it took none.
func (c *Census) IDs() map[uint64]struct{} { return c.ids }

var (
	CreatorLiesAt   = creatorLiesAt
	StatementLiesAt = statementLiesAt
	StatusLiesAt    = statusLiesAt
)

// Origins returns the offsets of the go statement and its goroutine.
func Origins() (creator, statement uintptr) { return origins().creator, origins().statement }
