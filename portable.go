package goroutine

import (
	"bytes"
	"runtime"
	"strconv"

	"github.com/petermattis/goid"
)

// portableID is the ID where the layout of a g is not known.
func portableID() uint64 { return fallbackID() }

// fallbackID is what chooseFallback returned if the layout is not known. Written
// once, by init, as goidOffset is.
var fallbackID = tracebackID

// chooseFallback prefers a library that follows the Go releases. It is checked,
// too: on some platforms it reads the g through a copy of the runtime's struct
// and has no upper fence, so where that does not fit it returns another word.
func chooseFallback(goid func() uint64) func() uint64 {
	if agree(goid, tracebackID) {
		return goid
	}
	return tracebackID
}

func goidID() uint64 { return uint64(goid.Get()) }

// tracebackID reads the ID from the header of the caller's traceback, the only
// place where Go itself shows it. All else is checked against this. It is 0 when
// the header cannot be read.
func tracebackID() uint64 {
	var buf [64]byte
	id, _ := parseHeader(buf[:runtime.Stack(buf[:], false)])
	return id
}

var (
	headerPrefix = []byte("goroutine ")
	space        = []byte(" ")
)

// parseHeader reads N from text that starts with "goroutine N ". The second
// space says that N is complete.
func parseHeader(text []byte) (id uint64, ok bool) {
	text, ok = bytes.CutPrefix(text, headerPrefix)
	if !ok {
		return 0, false
	}
	digits, _, ok := bytes.Cut(text, space)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0, false
	}
	return id, true
}

// parseHeaders returns the N of every line that starts with "goroutine N ".
func parseHeaders(text []byte) map[uint64]struct{} {
	ids := make(map[uint64]struct{})
	for line := range bytes.Lines(text) {
		if id, ok := parseHeader(line); ok {
			ids[id] = struct{}{}
		}
	}
	return ids
}
