package goroutine

import (
	"bytes"
	"runtime"

	"github.com/petermattis/goid"
)

// portableID asks a library that follows the Go releases. It is the fallback
// where the layout of a g is not known, and an oracle in tests.
func portableID() uint64 { return uint64(goid.Get()) }

// tracebackID reads the ID from the header of the caller's traceback, the only
// place where Go itself shows it. The layout is checked against this.
func tracebackID() uint64 {
	var buf [64]byte
	id, _ := parseHeader(buf[:runtime.Stack(buf[:], false)])
	return id
}

var headerPrefix = []byte("goroutine ")

// parseHeader reads N from text that starts with "goroutine N ".
func parseHeader(text []byte) (id uint64, ok bool) {
	text, ok = bytes.CutPrefix(text, headerPrefix)
	if !ok {
		return 0, false
	}
	digits := 0
	for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
		id = id*10 + uint64(text[digits]-'0')
		digits++
	}
	return id, digits > 0
}
