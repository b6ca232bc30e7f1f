// Package usage finds out which packages use als, and which have als/inherit.
package usage

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// Analyzer reports nothing. Its result is a *Result.
var Analyzer = &analysis.Analyzer{
	Name:       "alsusage",
	Doc:        "find out which packages use als, and which programs have als/inherit",
	Run:        run,
	FactTypes:  []analysis.Fact{new(fact)},
	ResultType: reflect.TypeFor[*Result](),
}

// A fact says of a package what its importers need.
type fact struct {
	Uses    bool // its files import als, or a package that does
	Inherit bool // importing it brings als/inherit into the program
}

func (*fact) AFact() {}

func (f *fact) String() string {
	var words []string
	if f.Uses {
		words = append(words, "uses als")
	}
	if f.Inherit {
		words = append(words, "has als/inherit")
	}
	return strings.Join(words, ", ")
}

// A Result says whether the package of a pass uses als, and has als/inherit.
type Result struct {
	pass        *analysis.Pass
	code, tests fact
	below       func() bool // another package of the module or the workspace uses als
}

// Uses reports whether goroutines that the file starts could lack stores: whether its
// package, or another one of its module or workspace, uses als. For files that are no
// tests only what is imported by such files counts.
func (r *Result) Uses(pos token.Pos) bool {
	return r.code.Uses || IsTest(r.pass, pos) && r.tests.Uses || r.below()
}

// Inherits reports whether plain go statements carry the stores: whether the package
// imports als/inherit, directly or not. A library that does not import it has it only
// in some programs, so that it counts as one without.
func (r *Result) Inherits(pos token.Pos) bool {
	return r.code.Inherit || IsTest(r.pass, pos) && r.tests.Inherit
}

// IsTest reports whether a position is in a test file.
func IsTest(pass *analysis.Pass, pos token.Pos) bool {
	return strings.HasSuffix(pass.Fset.File(pos).Name(), "_test.go")
}

func run(pass *analysis.Pass) (any, error) {
	result := &Result{pass: pass}
	imported := make(map[string]*types.Package)
	for _, p := range pass.Pkg.Imports() {
		imported[p.Path()] = p
	}
	dir := ""
	for _, file := range pass.Files {
		into := &result.code
		if IsTest(pass, file.FileStart) {
			into = &result.tests
		} else {
			dir = filepath.Dir(pass.Fset.File(file.FileStart).Name())
		}
		for _, spec := range file.Imports {
			into.add(pass, imported, spec)
		}
	}
	if result.code.Uses || result.code.Inherit {
		pass.ExportPackageFact(&result.code)
	}
	result.below = sync.OnceValue(func() bool {
		return dir != "" && !known.InModule(pass.Pkg.Path()) && UsesALS(Roots(dir)...)
	})
	return result, nil
}

// add adds what an import means.
func (f *fact) add(pass *analysis.Pass, imported map[string]*types.Package, spec *ast.ImportSpec) {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return
	}
	switch path {
	case known.ALS:
		f.Uses = true
		return
	case known.Inherit:
		f.Inherit = true
		return
	}
	pkg := imported[path]
	if obj := pass.TypesInfo.PkgNameOf(spec); obj != nil {
		pkg = obj.Imported() // also where a vendored package has another path
	}
	var other fact
	if pkg == nil || !pass.ImportPackageFact(pkg, &other) {
		return
	}
	f.Inherit = f.Inherit || other.Inherit
	f.Uses = f.Uses || other.Uses
}
