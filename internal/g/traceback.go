package g

import (
	"bytes"
	"iter"
	"runtime"
	"strconv"
	"strings"
)

// Traceback returns a traceback of all goroutines. It stops the program.
func Traceback() []byte {
	buf := make([]byte, tracebackSize*(runtime.NumGoroutine()+1))
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	return buf[:n]
}

// tracebackSize is the guess for one goroutine in bytes; the buffer doubles until
// all fit.
const tracebackSize = 1 << 10

// A Stack is a goroutine's part of a traceback.
type Stack struct {
	ID uint64

	// State is the state in the header, such as "chan receive, 3 minutes".
	State string

	// Frames are the calls in progress, the innermost first. An inlined call and its
	// caller are two frames.
	Frames []Frame

	// Creator is the go statement that started the goroutine. It is zero for main and
	// for goroutines of the runtime. CreatorID is the goroutine that executed it, 0
	// if the traceback does not say.
	Creator   Frame
	CreatorID uint64

	// Unstarted reports that the goroutine has not run yet.
	Unstarted bool

	// Text is the goroutine's part of the traceback, without a newline at its end.
	Text string
}

// A Frame is a function and the place in it, as file:line.
type Frame struct{ Function, Place string }

// Stacks returns an iterator over the parts of a traceback.
//
// How a traceback looks depends on the Go release, on GOTRACEBACK, and on the
// settings tracebackancestors and tracebacklabels of GODEBUG. Stacks leaves out what it
// cannot parse.
func Stacks(traceback []byte) iter.Seq[Stack] {
	return func(yield func(Stack) bool) {
		for h := range headers(traceback) {
			s := Stack{ID: h.id, State: string(h.state), Text: string(h.part)}
			s.parse()
			if !yield(s) {
				return
			}
		}
	}
}

// IDIn returns the ID in the header of a traceback that begins with its caller, 0
// if there is none. It does not need the whole header.
func IDIn(traceback []byte) uint64 {
	id, _, _ := cutID(traceback)
	return id
}

// A header is the first line of a part.
type header struct {
	id    uint64
	state []byte
	part  []byte // all lines of the part
}

// headers returns an iterator over the parts of a traceback. Parts are separated by
// an empty line, and no other line is empty: labels are quoted.
func headers(traceback []byte) iter.Seq[header] {
	return func(yield func(header) bool) {
		for more := true; more; {
			var part []byte
			part, traceback, more = bytes.Cut(traceback, emptyLine)
			part = bytes.Trim(part, "\n")
			line, _, _ := bytes.Cut(part, newline)
			if h, ok := parseHeader(line); ok {
				h.part = part
				if !yield(h) {
					return
				}
			}
		}
	}
}

var (
	emptyLine    = []byte("\n\n")
	newline      = []byte("\n")
	space        = []byte(" ")
	headerPrefix = []byte("goroutine ")
)

// parseHeader reads a line like these:
//
//	goroutine 7 [running]:
//	goroutine 7 [chan receive (nil chan), 2 minutes, locked to thread, synctest bubble 1]:
//	goroutine 7 gp=0xc000002380 m=0 mp=0x6e5f40 [select]:
//	goroutine 7 [select labels:{"key": "value"}]:          (Go 1.26)
//	goroutine 7 [select] {key: "a value"}:                 (Go 1.27)
func parseHeader(line []byte) (h header, ok bool) {
	id, rest, ok := cutID(line)
	if !ok || !bytes.HasSuffix(rest, []byte(":")) {
		return header{}, false
	}
	_, rest, ok = bytes.Cut(rest, []byte("["))
	if !ok {
		return header{}, false
	}
	// The state ends where labels begin or the bracket closes, whichever is first.
	// Nothing in front of either is quoted.
	state, _, ok := bytes.Cut(rest, []byte("]"))
	if !ok {
		return header{}, false
	}
	state, _, _ = bytes.Cut(state, []byte(" labels:{"))
	return header{id: id, state: state}, true
}

// cutID reads N from text that starts with "goroutine N ". Without the second space N
// may be cut off.
func cutID(text []byte) (id uint64, rest []byte, ok bool) {
	text, ok = bytes.CutPrefix(text, headerPrefix)
	if !ok {
		return 0, nil, false
	}
	digits, rest, ok := bytes.Cut(text, space)
	if !ok {
		return 0, nil, false
	}
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0, nil, false
	}
	return id, rest, true
}

// parse reads the lines below the header. A frame is two lines, the second of which
// begins with a tab. The frames of the goroutine end with the go statement; below it
// are those that tracebackancestors adds.
func (s *Stack) parse() {
	lines := strings.Split(s.Text, "\n")[1:]
	for i := 0; i+1 < len(lines); i++ {
		function, place := lines[i], lines[i+1]
		if strings.HasPrefix(function, "[originating from goroutine ") {
			return
		}
		if strings.HasPrefix(function, "\t") || !strings.HasPrefix(place, "\t") {
			continue // such as "...12 frames elided..."
		}
		if by, ok := strings.CutPrefix(function, "created by "); ok {
			if at := strings.LastIndex(by, " in goroutine "); at >= 0 {
				s.CreatorID, _ = strconv.ParseUint(by[at+len(" in goroutine "):], 10, 64)
				by = by[:at]
			}
			s.Creator = Frame{by, placeIn(place)}
			return
		}
		if len(s.Frames) == 0 {
			// Only an innermost frame can stand at the first instruction of its function.
			s.Unstarted = strings.HasPrefix(s.State, "runnable") && !strings.Contains(place, " +0x")
		}
		s.Frames = append(s.Frames, Frame{functionIn(function), placeIn(place)})
	}
}

// functionIn returns the function in a line like "main.(*T).serve(0x1, {0x2, 0x3})".
// No argument has a parenthesis.
func functionIn(line string) string {
	if i := strings.LastIndexByte(line, '('); i > 0 {
		return line[:i]
	}
	return line
}

// placeIn returns file:line from a line like "\t/a file.go:12 +0x34 fp=0x1 sp=0x2".
func placeIn(line string) string {
	line = strings.TrimPrefix(line, "\t")
	for {
		i := strings.LastIndexByte(line, ' ')
		if i < 0 || !isAddress(line[i+1:]) {
			return line
		}
		line = line[:i]
	}
}

// isAddress reports whether a word is one of those behind a place.
func isAddress(word string) bool {
	for _, prefix := range []string{"+0x", "fp=0x", "sp=0x", "pc=0x"} {
		if digits, ok := strings.CutPrefix(word, prefix); ok {
			_, err := strconv.ParseUint(digits, 16, 64)
			return err == nil
		}
	}
	return false
}
