package serves

import (
	"go/ast"
	"regexp"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// lasts says why the function that a call takes may work for others, "" if it need not: a group of
// actors runs as long as the program, a job of a cron again and again, and a flight for all callers that
// ask for its key.
func (j *Judge) lasts(cur cursor) string {
	call, ok := cur.Node().(*ast.CallExpr)
	switch {
	case !ok:
		return ""
	case known.Is(j.info, call, "(*github.com/oklog/run.Group).Add"):
		return "an actor of a run.Group may serve others while its starter waits"
	case known.Is(j.info, call, "(*github.com/robfig/cron.Cron).AddFunc", "(*github.com/robfig/cron.Cron).AddJob",
		"(*github.com/robfig/cron.Cron).Schedule", "(*github.com/robfig/cron/v3.Cron).AddFunc",
		"(*github.com/robfig/cron/v3.Cron).AddJob", "(*github.com/robfig/cron/v3.Cron).Schedule"):
		return "a cron runs it again and again, also when this caller's work has ended"
	case known.Is(j.info, call, "(*golang.org/x/sync/singleflight.Group).DoChan"), isFlight(call):
		return "other callers with its key get its result, too"
	}
	return ""
}

// isFlight reports whether a call is one of a method of a singleflight, as its name says.
func isFlight(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && flightName.MatchString(flow.Text(sel.X))
}

var flightName = regexp.MustCompile(`(?i)single_?flight$`)
