package gostmt

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
)

// copies are the operands of a go statement that are evaluated before als.Go.
type copies struct {
	*fixer
	taken  map[string]bool // names that the call uses otherwise
	kept   map[string]bool // names that function literals use, which stay where they are
	lines  []string        // complete definitions
	names  []string        // of the definition that is being made
	values []string
	edits  []analysis.TextEdit
}

func newCopies(f *fixer) *copies {
	c := &copies{fixer: f, taken: make(map[string]bool), kept: make(map[string]bool)}
	qualifier, _, _ := strings.Cut(f.start, ".")
	c.taken[qualifier], c.kept[qualifier] = true, true
	note(f.call, c.taken)
	ast.Inspect(f.call, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok {
			note(lit, c.kept)
			return false
		}
		return true
	})
	return c
}

// note adds the names in a node, except those of fields and methods.
func note(n ast.Node, names map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			note(n.X, names)
			return false
		case *ast.Ident:
			names[n.Name] = true
		}
		return true
	})
}

// add puts e into a variable. want is the type of the parameter, nil for none.
func (c *copies) add(e ast.Expr, name string, want types.Type) bool {
	value, ok := c.value(e, want)
	if !ok {
		return false
	}
	if id, isIdent := ast.Unparen(e).(*ast.Ident); isIdent && !c.kept[id.Name] {
		name = id.Name
	} else {
		name = c.fresh(name)
	}
	c.kept[name] = true // so that it is used once
	c.names, c.values = append(c.names, name), append(c.values, value)
	c.edits = append(c.edits, rewrite.Replace(e.Pos(), e.End(), name))
	return true
}

// addTuple puts the results of a call into variables.
func (c *copies) addTuple(e ast.Expr, tuple *types.Tuple) bool {
	c.flush()
	var names []string
	for i := range tuple.Len() {
		name := "arg"
		if param := c.parameter(i); param != nil && param.Name() != "" && param.Name() != "_" {
			name = param.Name()
		}
		names = append(names, c.fresh(name))
	}
	list := strings.Join(names, ", ")
	c.lines = append(c.lines, list+" := "+c.Node(e))
	c.edits = append(c.edits, rewrite.Replace(e.Pos(), e.End(), list))
	return true
}

// flush makes a line of the definitions until now.
func (c *copies) flush() {
	if len(c.names) > 0 {
		c.lines = append(c.lines, strings.Join(c.names, ", ")+" := "+strings.Join(c.values, ", "))
		c.names, c.values = nil, nil
	}
}

// block returns the definitions, each on a line.
func (c *copies) block() string {
	c.flush()
	if len(c.lines) == 0 {
		return ""
	}
	return strings.Join(c.lines, "\n") + "\n"
}

// fresh returns the name, with a number if something else has it.
func (c *copies) fresh(name string) string {
	base := name
	for i := 2; c.taken[name] || token.IsKeyword(name) || types.Universe.Lookup(name) != nil; i++ {
		name = base + strconv.Itoa(i)
	}
	c.taken[name] = true
	return name
}

// value returns the source of e, converted to want where a variable would otherwise
// get another type than the operand of the call has.
func (c *copies) value(e ast.Expr, want types.Type) (string, bool) {
	text := c.Node(e)
	natural := c.natural(e)
	if t := c.info.TypeOf(e); want == nil && t != nil && mayBeUntyped(e) {
		want = types.Default(t) // a built-in's operand, such as the key of delete
	}
	if want == nil || natural == nil || types.AssignableTo(natural, want) {
		return text, natural != nil
	}
	t, ok := c.typeName(want)
	return t + "(" + text + ")", ok
}

// natural returns the type of a variable that is defined with e.
func (f *fixer) natural(e ast.Expr) types.Type {
	if !mayBeUntyped(e) {
		return f.info.TypeOf(e)
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	if err := types.CheckExpr(f.Pass.Fset, f.Pass.Pkg, e.Pos(), e, info); err != nil {
		return nil
	}
	return types.Default(info.TypeOf(e))
}

// mayBeUntyped reports whether the type of e depends on its context.
func mayBeUntyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit, *ast.BinaryExpr, *ast.UnaryExpr, *ast.Ident, *ast.SelectorExpr:
		return true
	case *ast.CallExpr:
		return len(e.Args) > 0 // conversions and built-in functions of constants
	}
	return false
}

// typeName writes types that need no import.
func (f *fixer) typeName(t types.Type) (string, bool) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		_, obj := f.Pass.Pkg.Scope().Innermost(f.stmt.Pos()).LookupParent(t.Name(), f.stmt.Pos())
		return t.Name(), obj != nil && obj.Parent() == types.Universe
	case *types.Named:
		_, obj := f.Pass.Pkg.Scope().Innermost(f.stmt.Pos()).LookupParent(t.Obj().Name(), f.stmt.Pos())
		return t.Obj().Name(), t.TypeArgs().Len() == 0 && obj == t.Obj()
	}
	return "", false
}

// functionName suggests a name for a function value.
func functionName(fun ast.Expr) string {
	name := "fn"
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		name = sel.Sel.Name
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
