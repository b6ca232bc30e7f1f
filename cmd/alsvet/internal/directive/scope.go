package directive

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// A scope is what a comment covers: its line, and the node that begins there or on the
// next line, except the blocks in a statement, such as the bodies of function literals.
type scope struct {
	line     int
	file     *token.File
	from, to token.Pos
	without  []*ast.BlockStmt
}

func (s scope) covers(fset *token.FileSet, pos token.Pos) bool {
	if fset.File(pos) != s.file {
		return false
	}
	if fset.PositionFor(pos, false).Line == s.line {
		return true
	}
	if pos < s.from || s.to <= pos {
		return false
	}
	for _, body := range s.without {
		if body.Pos() <= pos && pos < body.End() {
			return false
		}
	}
	return true
}

// scopeOf returns what a comment covers: the whole file above the package clause, the
// function or declaration below it, or a statement.
func scopeOf(pass *analysis.Pass, file *ast.File, group *ast.CommentGroup, c *Comment) scope {
	line := func(pos token.Pos) int { return pass.Fset.PositionFor(pos, false).Line }
	s := scope{line: line(c.Pos), file: pass.Fset.File(c.Pos)}
	own := ownLine(pass, c.Pos)
	if own && c.Pos < file.Package {
		s.from, s.to = file.FileStart, file.FileEnd
		return s
	}
	begin := s.line
	if own {
		begin = line(group.End()) + 1
		s.line = begin
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || s.from.IsValid() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl:
			if own && line(n.Type.Func) == begin {
				s.from, s.to = n.Pos(), n.End()
			}
		case *ast.GenDecl, *ast.ValueSpec, *ast.TypeSpec, *ast.Field:
			if line(n.Pos()) == begin {
				s.set(n)
			}
		case *ast.BlockStmt, *ast.LabeledStmt:
		case ast.Stmt:
			if line(n.Pos()) == begin || !own && simple(n) && line(n.End()) == begin {
				s.set(n)
			}
		}
		return true
	})
	return s
}

// set covers a node without the blocks in it, whose statements have lines of their own.
func (s *scope) set(n ast.Node) {
	s.from, s.to = n.Pos(), n.End()
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			s.without = append(s.without, n.Body)
			return false
		case *ast.BlockStmt:
			s.without = append(s.without, n)
			return false
		}
		return true
	})
}

// simple reports whether a statement contains no others, except in function literals.
func simple(n ast.Stmt) bool {
	switch n.(type) {
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt, *ast.AssignStmt, *ast.SendStmt, *ast.ReturnStmt:
		return true
	}
	return false
}
