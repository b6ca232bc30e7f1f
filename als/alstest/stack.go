package alstest

import (
	"strings"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// stacksOf returns the parts of a traceback by the IDs of their goroutines.
func stacksOf(traceback []byte) map[uint64]g.Stack {
	stacks := make(map[uint64]g.Stack)
	for s := range g.Stacks(traceback) {
		stacks[s.ID] = s
	}
	return stacks
}

// startOf says what started a goroutine. The engine, which starts the goroutines of
// als.Go, is no answer; then it is the function that the goroutine runs.
func startOf(s g.Stack) string {
	byAls := isOurs(s.Creator.Function)
	if s.Creator.Function != "" && !byAls {
		return s.Creator.Function + " at " + s.Creator.Place
	}
	for i := len(s.Frames) - 1; i >= 0; i-- {
		f := s.Frames[i]
		switch {
		case isOurs(f.Function), strings.HasPrefix(f.Function, "runtime."): // shown with GOTRACEBACK=system
		case byAls:
			return "als.Go, with " + f.Function + ", now at " + f.Place
		default:
			return "the runtime, with " + f.Function + ", now at " + f.Place
		}
	}
	return "the runtime"
}

const module = "github.com/seed-1938943e/goroutine/"

// isOurs reports whether a function belongs to the packages through which als.Go
// starts a goroutine.
func isOurs(function string) bool {
	rest, ok := strings.CutPrefix(function, module)
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
