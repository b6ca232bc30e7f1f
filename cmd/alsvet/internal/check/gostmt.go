package check

import (
	"go/ast"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// Settings are those flags of the analyzer gostmt that decide which go statements may lose stores.
type Settings struct{ Tests, Inherit, Logs bool }

// Loses reports whether the goroutine of a go statement may lack stores that its starter has, so that
// gostmt judges it. Silent says that the verdict is none to report.
func (b *Base) Loses(cur inspector.Cursor, s Settings) (verdict serves.Verdict, loses, silent bool) {
	call, pos := cur.Node().(*ast.GoStmt).Call, cur.Node().Pos()
	if b.Flow.LeftOut || s.Inherit || !b.Uses.Uses(pos) || b.Uses.Inherits(pos) || !s.Tests && usage.IsTest(b.Pass, pos) ||
		place.WithoutStores(b.Pass, cur) || b.OwnContext(call.Fun) {
		return verdict, false, false
	}
	reads := b.Flow.GoroutineReads(call)
	if reads == flow.Never {
		return verdict, false, false
	}
	verdict = b.Judge.Goroutine(cur, call.Fun, call.Args)
	silent = verdict.Answer == serves.NoStores || verdict.Accepts || verdict.Idle || !s.Logs && reads <= verdict.Silent()
	return verdict, true, silent
}

// OwnContext reports whether all that a call of fun may call begins with stores of its own.
func (b *Base) OwnContext(fun ast.Expr) bool {
	callees := b.Flow.Callees(fun)
	if callees.Bound {
		return true
	}
	if callees.Unknown || len(callees.Funcs) == 0 || len(callees.Foreign)+len(callees.Params) > 0 {
		return false
	}
	for _, f := range callees.Funcs {
		if f.Body() == nil || !place.OwnContext(b.Pass.TypesInfo, f.Body()) {
			return false
		}
	}
	return true
}
