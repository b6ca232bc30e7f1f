package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// analyze runs the analyzers in this process, with the sources of all dependencies and
// without tests. alsvet itself has go vet compile these first, which takes much longer. With
// an error it returns the findings in the packages that could be analyzed.
func analyze(dir string, patterns ...string) ([]finding, error) {
	goroot, err := command(dir, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	p := sourceParser{strings.TrimSpace(goroot)}
	config := &packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule, Dir: dir, Env: environment(), ParseFile: p.parse}
	loaded, err := packages.Load(config, patterns...)
	if err != nil {
		return nil, err
	}
	failed := p.typeErrors(loaded)
	graph, err := checker.Analyze(suite.Analyzers(), loaded, nil)
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, action := range graph.Roots {
		if action.Err != nil && !action.Package.IllTyped {
			failed = append(failed, fmt.Errorf("%s: %w", action.Package.PkgPath, action.Err))
		}
		for _, d := range action.Diagnostics {
			position := action.Package.Fset.PositionFor(d.Pos, false)
			position.Filename = strings.TrimPrefix(position.Filename, dir+"/")
			found = append(found, finding{action.Analyzer.Name, position.String(), d.Message, len(d.SuggestedFixes) > 0})
		}
	}
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(found), errors.Join(failed...)
}

// A sourceParser parses files. It leaves out the bodies of the standard library, whose functions
// are known by name.
type sourceParser struct{ goroot string }

func (p sourceParser) parse(files *token.FileSet, name string, source []byte) (*ast.File, error) {
	file, err := parser.ParseFile(files, name, source, parser.AllErrors|parser.ParseComments|parser.SkipObjectResolution)
	if file == nil || !p.isStandard(name) {
		return file, err
	}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			fn.Body.List = nil
		}
	}
	return file, err
}

func (p sourceParser) isStandard(file string) bool { return strings.HasPrefix(file, p.goroot+"/src/") }

// typeErrors returns the errors of all packages, and forgets those that the missing bodies
// make.
func (p sourceParser) typeErrors(loaded []*packages.Package) (failed []error) {
	packages.Visit(loaded, nil, func(pkg *packages.Package) {
		if len(pkg.GoFiles) > 0 && p.isStandard(pkg.GoFiles[0]) {
			pkg.Errors, pkg.IllTyped = nil, false
			return
		}
		pkg.IllTyped = len(pkg.Errors) > 0
		for _, imported := range pkg.Imports {
			pkg.IllTyped = pkg.IllTyped || imported.IllTyped
		}
		for _, err := range pkg.Errors {
			failed = append(failed, err)
		}
	})
	return failed
}
