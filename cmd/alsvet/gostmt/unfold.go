package gostmt

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
)

// unfold writes for
//
//	go func(id int) { use(id) }(i)
//
// the body with its parameters as variables around it, and drops a parameter that
// only repeats a variable which keeps its value. It is not for results, variadic
// parameters and comments in the parentheses.
func (f *fixer) unfold() bool {
	lit, ok := ast.Unparen(f.call.Fun).(*ast.FuncLit)
	if !ok || lit.Type.Results != nil || f.redeclares(lit) ||
		f.HasComment(lit.Type.Pos(), lit.Body.Pos()) || f.HasComment(lit.End(), f.call.End()) {
		return false
	}
	qualifier, _, _ := strings.Cut(f.start, ".")
	var names, values []string
	blank := true
	i := 0
	for _, field := range lit.Type.Params.List {
		if _, variadic := field.Type.(*ast.Ellipsis); variadic {
			return false
		}
		idents := field.Names
		if len(idents) == 0 {
			idents = []*ast.Ident{nil}
		}
		for _, id := range idents {
			if i == len(f.call.Args) {
				return false // a call with several results
			}
			name, value, ok := f.variable(lit, id, field.Type, f.call.Args[i])
			if !ok || name == qualifier {
				return false
			}
			if name != "" {
				names, values = append(names, name), append(values, value)
				blank = blank && name == "_"
			}
			i++
		}
	}
	definitions := ""
	if len(names) > 0 {
		define := " := "
		if blank {
			define = " = "
		}
		definitions = strings.Join(names, ", ") + define + strings.Join(values, ", ") + "\n"
	}
	f.edit(lit.Type.Params.Opening+1, lit.Type.Params.Closing, "")
	f.edit(f.call.Lparen, f.call.End(), ")")
	f.begin(definitions, f.start+"(")
	return true
}

// redeclares reports whether a parameter is left of := in the body's own block,
// where it is assigned to; a variable around the body would be hidden instead.
func (f *fixer) redeclares(lit *ast.FuncLit) bool {
	for _, stmt := range lit.Body.List {
		if labeled, ok := stmt.(*ast.LabeledStmt); ok {
			stmt = labeled.Stmt
		}
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			continue
		}
		for _, lhs := range assign.Lhs {
			if id, ok := lhs.(*ast.Ident); ok && f.info.Uses[id] != nil {
				return true
			}
		}
	}
	return false
}

// variable returns the name and the value of the variable that takes a parameter's
// place, no name where none is needed.
func (f *fixer) variable(lit *ast.FuncLit, id *ast.Ident, typ, arg ast.Expr) (name, value string, ok bool) {
	t := f.info.TypeOf(typ)
	if _, several := f.info.TypeOf(arg).(*types.Tuple); several || t == nil {
		return "", "", false
	}
	var used, read bool
	if id != nil {
		used, read = f.uses(lit.Body, f.info.Defs[id])
	}
	if used && !read {
		return "", "", false // a parameter may be so, a variable may not
	}
	tv := f.info.Types[arg]
	if !used {
		if tv.Value != nil || tv.IsNil() {
			return "", "", true
		}
		return "_", f.Node(arg), true
	}
	if rewrite.Inferred(f.info, arg) {
		return "", "", false // := does not say for which types
	}
	natural := f.natural(arg)
	same := natural != nil && types.Identical(natural, t)
	param := f.info.Defs[id].(*types.Var)
	if other, isIdent := ast.Unparen(arg).(*ast.Ident); isIdent && same && other.Name == id.Name &&
		f.stable.Operand(arg) && f.stable.Variable(param) {
		return "", "", true
	}
	if same {
		return id.Name, f.Node(arg), true
	}
	text := f.Node(typ)
	switch typ.(type) {
	case *ast.Ident, *ast.SelectorExpr:
	default:
		text = "(" + text + ")"
	}
	return id.Name, text + "(" + f.Node(arg) + ")", true
}

// uses reports whether the body refers to an object, and whether it reads it.
func (f *fixer) uses(body *ast.BlockStmt, obj types.Object) (used, read bool) {
	targets := make(map[ast.Expr]bool)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN || n.Tok == token.DEFINE {
				for _, lhs := range n.Lhs {
					targets[ast.Unparen(lhs)] = true
				}
			}
		case *ast.Ident:
			if f.info.Uses[n] == obj && obj != nil {
				used = true
				read = read || !targets[n]
			}
		}
		return true
	})
	return used, read
}
