package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// added is the file that makes a package use als.
const added = `package %s

import "github.com/seed-1938943e/goroutine/als"

var fieldStudyStorage als.Storage[string]

func fieldStudyStore() string { return fieldStudyStorage.Get() }
`

// addStorages adds a file to each package of the module.
func addStorages(root string) error {
	packages := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && otherModule(path, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			return err
		}
		if !hasConstraint(file) {
			packages[filepath.Dir(path)] = file.Name.Name
		}
		return nil
	})
	if err != nil {
		return err
	}
	for dir, name := range packages {
		if err := os.WriteFile(filepath.Join(dir, "fieldstudy_als.go"), fmt.Appendf(nil, added, name), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func otherModule(path, name string) bool {
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil || name == "vendor" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// hasConstraint reports whether the file is not always part of its package.
func hasConstraint(file *ast.File) bool {
	for _, group := range file.Comments {
		if group.Pos() < file.Package && strings.Contains(group.List[0].Text, "build ") {
			return true
		}
	}
	return false
}
