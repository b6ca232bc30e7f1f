package inspect

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// StartOf returns what started a goroutine: the function and the place of the go
// statement. For als.Go that would be a place in the engine, so it returns als.Go and the
// function that the goroutine runs.
func StartOf(s g.Stack) string {
	starter := "the runtime"
	switch {
	case IsOurs(s.Creator.Function):
		starter = "als.Go"
	case s.Creator.Function != "":
		return s.Creator.Function + " at " + s.Creator.Place
	}
	for i := len(s.Frames) - 1; i >= 0; i-- {
		f := s.Frames[i]
		if !IsOurs(f.Function) && !strings.HasPrefix(f.Function, "runtime.") { // shown with GOTRACEBACK=system
			return starter + ", with " + f.Function + ", now at " + f.Place
		}
	}
	return starter
}

const module = "github.com/seed-1938943e/goroutine/"

// IsOurs reports whether a function belongs to the packages through which als.Go
// starts a goroutine.
func IsOurs(function string) bool {
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

func placeOf(f runtime.Frame) string { return fmt.Sprintf("%s:%d", f.File, f.Line) }
