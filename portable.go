package goroutine

import (
	"runtime"

	"github.com/petermattis/goid"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// portableID is ID where the layout of a g is not known.
func portableID() uint64 { return fallbackID() }

// fallbackID is what chooseFallback returned if the layout is not known. Written
// once, by init, as goidOffset is.
var fallbackID = tracebackID

// chooseFallback returns goid if it is right, else tracebackID. The library follows
// the Go releases, but on some platforms it reads the g through a copy of the
// runtime's struct without an upper fence: where that copy does not fit, it returns
// another word.
func chooseFallback(goid func() uint64) func() uint64 {
	if sameIDs(goid, tracebackID) {
		return goid
	}
	return tracebackID
}

func goidID() uint64 { return uint64(goid.Get()) }

// tracebackID reads the ID from the header of the caller's traceback, the only
// place where Go itself shows it. All other ways are checked against this one. It
// returns 0 if it cannot parse the header.
func tracebackID() uint64 {
	var buf [64]byte
	return g.IDIn(buf[:runtime.Stack(buf[:], false)])
}
