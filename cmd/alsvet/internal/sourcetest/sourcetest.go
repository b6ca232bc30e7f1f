// Package sourcetest runs an analyzer on small sources that a test holds as text. It
// takes milliseconds where package analysistest, which calls the go command, takes a
// second, so that a test can have one source for each rule.
package sourcetest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// imports are the packages that sources may import, beside each other and what these
// packages import.
var imports = []string{
	"context", "database/sql", "fmt", "log/slog", "net/http", "os/signal", "slices", "testing",
	"github.com/seed-1938943e/goroutine/als", "github.com/seed-1938943e/goroutine/hooks",
}

// Run analyzes packages, each of which has one file. The path of a package is
// example.com/ and its name; a package may import those before it. Run returns one
// action for each package, with the result of the analyzer and its diagnostics.
func Run(t testing.TB, a *analysis.Analyzer, sources ...string) []*checker.Action {
	t.Helper()
	load := &loader{made: make(map[string]*packages.Package)}
	var pkgs []*packages.Package
	for _, source := range sources {
		pkg, err := load.check(t.TempDir(), source)
		require.NoError(t, err, source)
		pkgs = append(pkgs, pkg)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, &checker.Options{SanityCheck: true})
	require.NoError(t, err)
	actions := make([]*checker.Action, len(pkgs))
	for _, action := range graph.Roots { // their order is not specified
		require.NoError(t, action.Err)
		for i, pkg := range pkgs {
			if action.Package == pkg {
				actions[i] = action
			}
		}
	}
	return actions
}

// Compile returns the error of the compiler for a package of one file, nil if it is right.
func Compile(t testing.TB, source string) error {
	t.Helper()
	load := &loader{made: make(map[string]*packages.Package)}
	_, err := load.check(t.TempDir(), source)
	return err
}

// Find returns the first node of type N for which ok returns true; nil accepts all. The
// test fails if there is none.
func Find[N ast.Node](t testing.TB, action *checker.Action, ok func(N) bool) N {
	t.Helper()
	var found N
	done := false
	for _, file := range action.Package.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			if node, is := n.(N); is && !done && (ok == nil || ok(node)) {
				found, done = node, true
			}
			return !done
		})
	}
	require.True(t, done, "no %T", found)
	return found
}

// Line returns the text of the line of a position, without comments.
func Line(action *checker.Action, pos token.Pos) string {
	place := action.Package.Fset.Position(pos)
	text, err := os.ReadFile(place.Filename)
	if err != nil {
		return err.Error()
	}
	line, _, _ := strings.Cut(strings.Split(string(text), "\n")[place.Line-1], "//")
	return strings.TrimSpace(line)
}

// To read the export data of als and what it imports takes five times as long as to
// analyze a small source, so all sources of a process share the importer, and its positions.
var (
	fset      = token.NewFileSet()
	exportsMu sync.Mutex
	exports   = importer.ForCompiler(fset, "gc", export)
)

// A loader type-checks sources. It is the importer for them.
type loader struct{ made map[string]*packages.Package }

func (l *loader) Import(path string) (*types.Package, error) {
	if pkg := l.made[path]; pkg != nil {
		return pkg.Types, nil
	}
	exportsMu.Lock()
	defer exportsMu.Unlock()
	return exports.Import(path)
}

func (l *loader) check(dir, source string) (*packages.Package, error) {
	name := filepath.Join(dir, "source.go") // analyzers that suggest fixes read it
	if err := os.WriteFile(name, []byte(source), 0o600); err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	pkg := &packages.Package{
		Name:            file.Name.Name,
		PkgPath:         "example.com/" + file.Name.Name,
		Module:          &packages.Module{Path: "example.com"},
		GoFiles:         []string{name},
		CompiledGoFiles: []string{name},
		Imports:         make(map[string]*packages.Package),
		Fset:            fset,
		Syntax:          []*ast.File{file},
		TypesSizes:      types.SizesFor("gc", "amd64"),
		TypesInfo: &types.Info{
			Types:        make(map[ast.Expr]types.TypeAndValue),
			Instances:    make(map[*ast.Ident]types.Instance),
			Defs:         make(map[*ast.Ident]types.Object),
			Uses:         make(map[*ast.Ident]types.Object),
			Implicits:    make(map[ast.Node]types.Object),
			Selections:   make(map[*ast.SelectorExpr]*types.Selection),
			Scopes:       make(map[ast.Node]*types.Scope),
			FileVersions: make(map[*ast.File]string),
		},
	}
	pkg.ID = pkg.PkgPath
	config := types.Config{Importer: l, GoVersion: "go1.24", Sizes: pkg.TypesSizes}
	if pkg.Types, err = config.Check(pkg.PkgPath, fset, pkg.Syntax, pkg.TypesInfo); err != nil {
		return nil, err
	}
	for path, made := range l.made {
		for _, imported := range pkg.Types.Imports() {
			if imported == made.Types {
				pkg.Imports[path] = made
			}
		}
	}
	l.made[pkg.PkgPath] = pkg
	return pkg, nil
}

// export opens the export data of a package.
func export(path string) (io.ReadCloser, error) {
	files, err := exported()
	if err != nil {
		return nil, err
	}
	if files[path] == "" {
		return nil, fmt.Errorf("sourcetest does not list %q among its imports", path)
	}
	return os.Open(files[path])
}

// exported returns the files with the export data of imports and all that these import.
// One call of the go command finds them all, in the module of testdata: that of alsvet
// does not require als.
var exported = sync.OnceValues(func() (map[string]string, error) {
	dir, err := testdata()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, imports...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, &stderr)
	}
	files := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[path] = file
	}
	return files, nil
})

// testdata returns the directory cmd/alsvet/testdata, above the package that is tested.
func testdata() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		candidate := filepath.Join(dir, "testdata", "stubs")
		if _, err := os.Stat(candidate); err == nil {
			return filepath.Dir(candidate), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no testdata/stubs above %s", dir)
		}
		dir = up
	}
	return "", err
}
