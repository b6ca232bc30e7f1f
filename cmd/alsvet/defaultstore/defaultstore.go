// Package defaultstore defines the analyzer of storages that are used as stores.
package defaultstore

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

const doc = `report storages that are used as stores of the default storage

als.Run, als.EnterWith and als.WithScope put a store into the default storage. Given a
storage of the program, they make that storage the store, and nothing is put into it:

	als.Run(&user, serve)      // user.Get() finds nothing in serve
	user.Run("alice", serve)   // what is meant

There is no fix, since the store is missing.`

// Analyzer reports storages that are used as stores.
var Analyzer = &analysis.Analyzer{
	Name:     "defaultstore",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, directive.Analyzer},
	Run:      run,
}

var setters = []string{known.Func("Run"), known.Func("EnterWith"), known.Func("WithScope")}

func run(pass *analysis.Pass) (any, error) {
	comments := pass.ResultOf[directive.Analyzer].(*directive.Index)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.Preorder([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node) {
		call := n.(*ast.CallExpr)
		if len(call.Args) == 0 || !known.Is(pass.TypesInfo, call, setters...) || !isStorage(pass.TypesInfo.TypeOf(call.Args[0])) {
			return
		}
		name := known.FullName(pass.TypesInfo, call)[len(known.ALS)+1:]
		comments.Report(pass, true, analysis.Diagnostic{
			Pos:     call.Pos(),
			End:     call.End(),
			Message: "als." + name + " makes this storage a store of the default storage: call the " + name + " of the storage itself",
		})
	})
	return nil, nil
}

func isStorage(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return known.IsType(t, "Storage")
}
