package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/mod/modfile"
)

// A published module is one that other modules require or that users install.
type published struct {
	dir  string // in the repository, "." for the root
	path string
	mod  *modfile.File
}

// discover returns the published modules: the root, which is first, the commands in cmd/
// and the integrations in contrib/. The others, such as bench and examples, are for this
// repository only.
func discover(files fs.FS) ([]published, error) {
	var modules []published
	for _, pattern := range []string{"go.mod", "cmd/*/go.mod", "contrib/*/go.mod"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			mod, err := modfile.Parse(name, text, nil)
			if err != nil {
				return nil, err
			}
			if mod.Module == nil {
				return nil, fmt.Errorf("%s names no module", name)
			}
			modules = append(modules, published{path.Dir(name), mod.Module.Mod.Path, mod})
		}
	}
	return modules, nil
}

// problems returns what in the module's go.mod would not work for users of this version.
// root is the path of the root module.
func (m published) problems(version, root string) []error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: "+format, append([]any{path.Join(m.dir, "go.mod")}, args...)...))
	}
	if want := path.Join(root, m.dir); m.path != want {
		problem("the module is %s, but in this directory it is found as %s", m.path, want)
	}
	// The go command ignores both in a dependency, and go install refuses them.
	for _, r := range m.mod.Replace {
		problem("replaces %s", r.Old.Path)
	}
	for _, e := range m.mod.Exclude {
		problem("excludes %s", e.Mod)
	}
	for _, r := range m.mod.Require {
		ours := r.Mod.Path == root || strings.HasPrefix(r.Mod.Path, root+"/")
		if ours && r.Mod.Version != version {
			problem("requires %s, not its version %s", r.Mod, version)
		}
	}
	return problems
}

// tagName returns the tag of a version of the module.
func (m published) tagName(version string) string { return path.Join(m.dir, version) }

// tag prints the tags that the release needs, and sets them if set is true.
func (r *release) tag(set bool, stdout io.Writer) error {
	var taken []error
	for _, m := range r.modules {
		if name := m.tagName(r.version); r.repo.hasTag(name) {
			taken = append(taken, fmt.Errorf("there is a tag %s already", name))
		}
	}
	if taken != nil {
		return errors.Join(taken...)
	}
	for _, m := range r.modules {
		name := m.tagName(r.version)
		if set {
			if err := r.repo.setTag(name, m.path+" "+r.version); err != nil {
				return err
			}
		}
		fmt.Fprintln(stdout, name)
	}
	return nil
}
