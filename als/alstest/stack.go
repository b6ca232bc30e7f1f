package alstest

import (
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// A stack is a goroutine's part of a traceback.
type stack struct {
	state   string
	started string
	text    string
}

// stacksOf returns the stacks of all goroutines by their IDs.
func stacksOf() map[uint64]stack {
	buf := make([]byte, 1<<16)
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	return parse(string(buf[:n]))
}

var header = regexp.MustCompile(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\]`)

func parse(traceback string) map[uint64]stack {
	stacks := make(map[uint64]stack)
	for text := range strings.SplitSeq(traceback, "\n\n") {
		text = strings.TrimSpace(text)
		m := header.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		id, err := strconv.ParseUint(m[1], 10, 64)
		if err == nil {
			stacks[id] = stack{m[2], startOf(text), text}
		}
	}
	return stacks
}

// startOf finds out who started a goroutine. The engine, which starts the goroutines
// of als.Go, is no answer; then it is the function that the goroutine runs.
func startOf(text string) string {
	lines := strings.Split(text, "\n")
	for i := len(lines) - 2; i > 0; i-- {
		if strings.HasPrefix(lines[i], "\t") || strings.HasPrefix(lines[i+1], "\t") && isOurs(lines[i]) {
			continue
		}
		if by, ok := strings.CutPrefix(lines[i], "created by "); ok {
			by, _, _ = strings.Cut(by, " in goroutine ")
			if isOurs(by) {
				continue
			}
			return by + " at " + placeIn(lines[i+1])
		}
		if strings.HasPrefix(lines[i+1], "\t") {
			return "als.Go, with " + nameIn(lines[i]) + ", now at " + placeIn(lines[i+1])
		}
	}
	return "the runtime"
}

// nameIn returns the function in a line like "main.serve(0x1, {0x2, 0x3})".
func nameIn(line string) string {
	if i := strings.LastIndexByte(line, '('); i > 0 {
		return line[:i]
	}
	return line
}

// placeIn returns file:line from a line like "\t/src/main.go:12 +0x34".
func placeIn(line string) string {
	line = strings.TrimSpace(line)
	if i := strings.LastIndex(line, " +0x"); i > 0 {
		return line[:i]
	}
	return line
}

const module = "github.com/seed-1938943e/goroutine/"

// isOurs reports whether a function belongs to the packages through which als.Go
// starts a goroutine.
func isOurs(function string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(function, "created by "), module)
	if !ok {
		return false
	}
	for _, pkg := range []string{"als.", "hooks.", "internal/async."} {
		if strings.HasPrefix(rest, pkg) {
			return true
		}
	}
	return false
}
