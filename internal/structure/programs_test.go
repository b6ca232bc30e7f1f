package structure

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// notInPrograms are the exported functions of als and hooks that no random program of
// als/model*_test.go calls, with the reason.
var notInPrograms = map[string]string{
	"(als.LossCause).MarshalText":    "text only; als/loss_test.go",
	"(*als.LossCause).UnmarshalText": "text only; als/loss_test.go",
	"(als.LossCause).String":         "text only; als/loss_test.go",
	"(als.Loss).LogValue":            "text only; als/loss_test.go",
	"(als.Loss).String":              "text only; als/loss_test.go",
	"(als.Place).String":             "text only; als/loss_test.go",
}

// TestRandomProgramsCallEverything compares what als and hooks export with what the
// random programs call, so that a new operation gets into them.
func TestRandomProgramsCallEverything(t *testing.T) {
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(root, "als", "model*_test.go"))
	require.NoError(t, err)
	var files []*ast.File
	var imports []string
	for _, path := range append(paths, filepath.Join(root, "als", "inherit_on_test.go")) {
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
		for _, spec := range f.Imports {
			imports = append(imports, strings.Trim(spec.Path.Value, `"`))
		}
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", exportData(t, imports...))}
	_, err = config.Check(module+"/als_test", fset, files, &info)
	require.NoError(t, err)

	called := map[string]bool{}
	for _, object := range info.Uses {
		if f, ok := object.(*types.Func); ok {
			called[shortName(f)] = true
		}
	}
	excepted := maps.Clone(notInPrograms)
	for _, path := range []string{"als", "hooks"} {
		pkg, err := config.Importer.Import(module + "/" + path)
		require.NoError(t, err)
		for _, f := range exportedFunctions(pkg) {
			name := shortName(f)
			if reason := notInPrograms[name]; reason != "" {
				assert.False(t, called[name], "%s is in the list of what no program calls: %s", name, reason)
				delete(excepted, name)
				continue
			}
			assert.True(t, called[name], "no random program calls %s", name)
		}
	}
	assert.Empty(t, slices.Collect(maps.Keys(excepted)), "not exported")
}

// exportData returns a lookup of the export data of packages and what they import.
func exportData(t *testing.T, packages ...string) importer.Lookup {
	t.Helper()
	list := goCommand(t, append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, packages...)...)
	files := map[string]string{}
	for _, line := range strings.Fields(list) {
		path, file, _ := strings.Cut(line, "=")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}

func exportedFunctions(pkg *types.Package) (functions []*types.Func) {
	for _, name := range pkg.Scope().Names() {
		switch object := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			functions = append(functions, object)
		case *types.TypeName:
			if named, ok := object.Type().(*types.Named); ok && object.Exported() {
				for i := range named.NumMethods() {
					functions = append(functions, named.Method(i))
				}
			}
		}
	}
	return slices.DeleteFunc(functions, func(f *types.Func) bool { return !f.Exported() })
}

// shortName returns a function's name as in "(*als.Storage[T]).Run".
func shortName(f *types.Func) string {
	return strings.ReplaceAll(f.Origin().FullName(), module+"/", "")
}
