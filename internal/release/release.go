package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A release is a version of all published modules, ready to be published.
type release struct {
	repo    repository
	version string
	time    time.Time // of the commit
	files   fs.FS     // of the commit
	modules []published
}

// newRelease checks that the commit HEAD of the repository can be published as version.
func newRelease(dir, version string) (*release, error) {
	if semver.Canonical(version) != version || semver.Build(version) != "" {
		return nil, fmt.Errorf("%q is no semantic version such as v0.2.0 or v0.2.0-rc.1", version)
	}
	repo, err := openRepository(dir)
	if err != nil {
		return nil, err
	}
	if err := repo.clean(); err != nil {
		return nil, err
	}
	r := &release{repo: repo, version: version}
	if r.files, r.time, err = repo.head(); err != nil {
		return nil, err
	}
	if err := described(r.files, version); err != nil {
		return nil, err
	}
	if r.modules, err = discover(r.files); err != nil {
		return nil, err
	}
	if len(r.modules) == 0 || r.modules[0].dir != "." {
		return nil, errors.New("the repository has no go.mod at its top")
	}
	var problems []error
	for _, m := range r.modules {
		if err := module.Check(m.path, version); err != nil {
			problems = append(problems, err)
		}
		problems = append(problems, m.problems(version, r.modules[0].path)...)
	}
	return r, errors.Join(problems...)
}

// described returns an error if CHANGELOG.md has no section for the version.
func described(files fs.FS, version string) error {
	text, err := fs.ReadFile(files, "CHANGELOG.md")
	if err != nil {
		return err
	}
	heading := regexp.MustCompile(`(?m)^## \[` + regexp.QuoteMeta(version[len("v"):]) + `\] - \d{4}-\d\d-\d\d$`)
	section := heading.FindIndex(text)
	if section == nil {
		return fmt.Errorf("CHANGELOG.md has no heading \"## [%s] - YYYY-MM-DD\"", version[len("v"):])
	}
	rest := text[section[1]:]
	if next := regexp.MustCompile(`(?m)^(## |\[)`).FindIndex(rest); next != nil {
		rest = rest[:next[0]]
	}
	if len(bytes.TrimSpace(rest)) == 0 {
		return fmt.Errorf("CHANGELOG.md says nothing about %s", version)
	}
	return nil
}
