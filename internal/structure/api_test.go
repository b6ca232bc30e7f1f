package structure

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/api.txt anew")

// TestExportedAPI compares what the public packages export with a list, so that
// no name comes or goes unnoticed. After a change on purpose:
//
//	go test ./internal/structure -run ExportedAPI -update
func TestExportedAPI(t *testing.T) {
	var got []string
	for _, dir := range []string{".", "gls", "als", "als/alsdebug", "als/alsfield", "als/alshttp", "als/alslog", "als/alstest", "als/alstrace", "als/inherit", "hooks"} {
		got = append(got, exported(t, filepath.Join(root, dir), strings.TrimPrefix(dir+": ", ".: "))...)
	}
	text := strings.Join(got, "\n") + "\n"
	const golden = "testdata/api.txt"
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), text)
}

// exported lists the exported declarations of the package in dir, one per line, for
// platforms with assembly.
func exported(t *testing.T, dir, prefix string) []string {
	fset := token.NewFileSet()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var lines []string
	add := func(node any) {
		var b bytes.Buffer
		require.NoError(t, printer.Fprint(&b, fset, node))
		lines = append(lines, prefix+strings.Join(strings.Fields(b.String()), " "))
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_portable.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.FileExports(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && !ast.IsExported(receiver(d.Recv.List[0].Type)) {
					continue
				}
				add(&ast.FuncDecl{Recv: d.Recv, Name: d.Name, Type: d.Type})
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if _, isImport := spec.(*ast.ImportSpec); !isImport {
						add(&ast.GenDecl{Tok: d.Tok, Specs: []ast.Spec{spec}})
					}
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// receiver returns the name of a receiver's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
