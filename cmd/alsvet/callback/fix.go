package callback

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
)

// fixes returns the ways to bind the argument: als.AfterFunc for time.AfterFunc, also
// where the timer is Reset later, or als.Bind.
func fixes(pass *analysis.Pass, cur inspector.Cursor, name string, arg ast.Expr) []rewrite.Form {
	source := rewrite.NewSource(pass, arg.Pos())
	if source == nil || rewrite.Inferred(pass.TypesInfo, arg) {
		return nil
	}
	var forms []rewrite.Form
	if name == "time.AfterFunc" {
		fun := cur.Node().(*ast.CallExpr).Fun
		after, edits := source.ALS(fun.Pos(), "AfterFunc")
		forms = append(forms, rewrite.Form{
			Message: "Call als.AfterFunc",
			Edits:   append(edits, rewrite.Replace(fun.Pos(), fun.End(), after)),
		})
	}
	bind, edits := source.ALS(arg.Pos(), "Bind")
	return append(forms, rewrite.Form{
		Message: "Bind the callback with als.Bind",
		Edits: append(edits,
			rewrite.Replace(arg.Pos(), arg.Pos(), bind+"("),
			rewrite.Replace(arg.End(), arg.End(), ")")),
	})
}
