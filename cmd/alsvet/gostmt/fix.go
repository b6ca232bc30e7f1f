package gostmt

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// A fixer rewrites one go statement.
type fixer struct {
	*rewrite.Source
	info   *types.Info
	stmt   *ast.GoStmt
	call   *ast.CallExpr
	stable *rewrite.Stability
	start  string // als.Go
	edits  []analysis.TextEdit
}

// fixes returns the ways to start the goroutine with als.Go, the shortest first.
func fixes(pass *analysis.Pass, stmt *ast.GoStmt) []rewrite.Form {
	var forms []rewrite.Form
	for _, write := range []func(*fixer) bool{(*fixer).handOver, (*fixer).unfold, (*fixer).wrap} {
		f := newFixer(pass, stmt)
		if f != nil && write(f) {
			forms = append(forms, rewrite.Form{Message: "Start the goroutine with als.Go", Edits: f.edits})
		}
	}
	return forms
}

// newFixer returns nil where nothing can be fixed.
func newFixer(pass *analysis.Pass, stmt *ast.GoStmt) *fixer {
	source := rewrite.NewSource(pass, stmt.Pos())
	if source == nil || !usage.Requires(pass.Fset.File(stmt.Pos()).Name()) {
		return nil
	}
	f := &fixer{
		Source: source,
		info:   pass.TypesInfo,
		stmt:   stmt,
		call:   stmt.Call,
		stable: source.NewStability(stmt.Pos()),
	}
	f.start, f.edits = source.ALS(stmt.Pos(), "Go")
	return f
}

func (f *fixer) edit(from, to token.Pos, text string) {
	f.edits = append(f.edits, rewrite.Replace(from, to, text))
}

// begin puts text in the place of the word go, in a block if there are definitions.
func (f *fixer) begin(definitions, text string) {
	if definitions != "" {
		text = "{\n" + definitions + text
		end := f.LineEnd(f.stmt.End())
		f.edit(end, end, "\n}")
	}
	f.edit(f.stmt.Go, f.SkipBlanks(f.stmt.Go+token.Pos(len("go"))), text)
}

// handOver writes als.Go(f) for go f(): als.Go evaluates f as the go statement did.
func (f *fixer) handOver() bool {
	call := f.call
	if len(call.Args) != 0 || !plain(f.info.TypeOf(call.Fun)) {
		return false
	}
	f.begin("", f.start+"(")
	f.dropParens()
	return true
}

// dropParens removes the call's parentheses, except the one that now closes als.Go.
func (f *fixer) dropParens() {
	comma := ""
	if f.SeveralLines(f.call.Lparen, f.call.Rparen) {
		comma = ","
	}
	f.edit(f.call.Lparen, f.call.Lparen+1, comma)
}

// plain reports whether a function of the type may be handed to als.Go.
func plain(t types.Type) bool {
	return t != nil && types.AssignableTo(t, types.NewSignatureType(nil, nil, nil, nil, nil, false))
}

// wrap writes als.Go(func() { f(x) }). What a later evaluation could give otherwise
// is put into variables before.
func (f *fixer) wrap() bool {
	c := newCopies(f)
	fun := ast.Unparen(f.call.Fun)
	if !f.stable.Operand(f.call.Fun) && !c.add(f.call.Fun, functionName(fun), nil) {
		return false
	}
	if !f.addArguments(c) {
		return false
	}
	open, end := " ", " "
	if f.SeveralLines(f.call.Pos(), f.call.End()) {
		open, end = "\n", "\n"
	}
	f.edit(f.call.End(), f.call.End(), end+"})")
	f.begin(c.block(), f.start+"(func() {"+open)
	f.edits = append(f.edits, c.edits...)
	return true
}

func (f *fixer) addArguments(c *copies) bool {
	args := f.call.Args
	if len(args) == 1 {
		if tuple, ok := f.info.TypeOf(args[0]).(*types.Tuple); ok {
			return c.addTuple(args[0], tuple)
		}
	}
	for i, arg := range args {
		if f.stable.Operand(arg) {
			continue
		}
		param := f.parameter(i)
		name := "arg"
		if param != nil && param.Name() != "" && param.Name() != "_" {
			name = param.Name()
		}
		var want types.Type
		if param != nil {
			want = f.elementType(i, param)
		}
		if !c.add(arg, name, want) {
			return false
		}
	}
	return true
}

// signature is nil for built-in functions.
func (f *fixer) signature() *types.Signature {
	if f.info.Types[f.call.Fun].IsBuiltin() {
		return nil
	}
	sig, _ := f.info.TypeOf(f.call.Fun).Underlying().(*types.Signature)
	return sig
}

// parameter returns the parameter that takes an argument.
func (f *fixer) parameter(i int) *types.Var {
	sig := f.signature()
	if sig == nil || sig.Params().Len() == 0 {
		return nil
	}
	return sig.Params().At(min(i, sig.Params().Len()-1))
}

// elementType returns the type of a parameter, or of its elements if it is variadic and
// the call has no dots.
func (f *fixer) elementType(i int, param *types.Var) types.Type {
	sig := f.signature()
	if sig.Variadic() && i >= sig.Params().Len()-1 && !f.call.Ellipsis.IsValid() {
		if slice, ok := param.Type().Underlying().(*types.Slice); ok {
			return slice.Elem()
		}
	}
	return param.Type()
}
