package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// ALS returns how a function of package als is written at pos, "als.Go" or "Go" or
// under another name, and the edits that add the import where it is missing.
func (s *Source) ALS(pos token.Pos, function string) (string, []analysis.TextEdit) {
	scope := s.Pass.Pkg.Scope().Innermost(pos)
	for _, spec := range s.File.Imports {
		if path(spec) != known.ALS {
			continue
		}
		name := known.ALS[strings.LastIndexByte(known.ALS, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case "_":
		case ".":
			if _, obj := scope.LookupParent(function, pos); obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == known.ALS {
				return function, nil
			}
		default:
			_, obj := scope.LookupParent(name, pos)
			if pkg, ok := obj.(*types.PkgName); ok && pkg.Imported().Path() == known.ALS {
				return name + "." + function, nil
			}
		}
	}
	name := s.freeName("als", "alsgo", "goroutineals")
	return name + "." + function, s.addImport(name)
}

func path(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return path
}

// freeName returns the first of the names that nothing in the file and nothing at
// the level of the package has.
func (s *Source) freeName(names ...string) string {
	taken := make(map[string]bool)
	ast.Inspect(s.File, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			taken[id.Name] = true
		}
		return true
	})
	for _, spec := range s.File.Imports {
		if name := s.Pass.TypesInfo.PkgNameOf(spec); name != nil {
			taken[name.Name()] = true
		}
	}
	for i := 0; ; i++ {
		name := names[len(names)-1] + strconv.Itoa(i)
		if i < len(names) {
			name = names[i]
		}
		if !taken[name] && s.Pass.Pkg.Scope().Lookup(name) == nil {
			return name
		}
	}
}

// addImport returns the edit that imports als: beside the other imports that are not
// of the standard library, in the way that gofmt then sorts.
func (s *Source) addImport(name string) []analysis.TextEdit {
	spec := strconv.Quote(known.ALS)
	if name != "als" {
		spec = name + " " + spec
	}
	var group, last *ast.GenDecl
	for _, decl := range s.File.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.IMPORT {
			break
		}
		last = d
		if d.Lparen.IsValid() && len(d.Specs) > 0 && !importsC(d) {
			group = d
		}
	}
	switch {
	case group != nil:
		end := group.Specs[len(group.Specs)-1]
		foreign := false
		for _, sp := range group.Specs {
			if !standard(path(sp.(*ast.ImportSpec))) {
				end, foreign = sp, true
			}
		}
		if foreign {
			return s.insertLineAfter(end, "\n\t"+spec)
		}
		return s.insertLineAfter(end, "\n\n\t"+spec)
	case last != nil && !last.Lparen.IsValid() && !importsC(last):
		open := last.Specs[0].Pos()
		return append([]analysis.TextEdit{Replace(open, open, "(\n\t")}, s.insertLineAfter(last, "\n\n\t"+spec+"\n)")...)
	case last != nil:
		return s.insertLineAfter(last, "\n\nimport "+spec)
	default:
		return s.insertLineAfter(s.File.Name, "\n\nimport "+spec)
	}
}

// insertLineAfter inserts text at the end of the line on which a node ends, after a
// comment that stands there.
func (s *Source) insertLineAfter(n ast.Node, text string) []analysis.TextEdit {
	end := n.End()
	line := s.tokens.Line(end)
	for _, group := range s.File.Comments {
		if group.Pos() >= end && s.tokens.Line(group.Pos()) == line {
			end = group.End()
		}
	}
	return []analysis.TextEdit{Replace(end, end, text)}
}

func importsC(d *ast.GenDecl) bool {
	for _, spec := range d.Specs {
		if path(spec.(*ast.ImportSpec)) == "C" {
			return true
		}
	}
	return false
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
