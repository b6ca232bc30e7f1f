package main

import (
	"encoding/json"
	"go/version"
	"os"
	"path/filepath"
	"strings"
)

// prepare copies a module and adds the storages, unless that has been done, and returns
// where the module is. The copy is for reading only. It appears under its name when it is
// whole, so that several studies of one checkout can use a directory at once.
func (s *study) prepare(m module) (string, error) {
	return s.prepareAs(m, strings.ReplaceAll(m.path, "/", "_"))
}

// prepareAnew does the same with a copy that fixes may change.
func (s *study) prepareAnew(m module) (string, error) {
	name := strings.ReplaceAll(m.path, "/", "_") + "_fixed"
	if err := os.RemoveAll(filepath.Join(s.work, name)); err != nil {
		return "", err
	}
	return s.prepareAs(m, name)
}

func (s *study) prepareAs(m module, name string) (string, error) {
	dir := filepath.Join(s.work, name)
	if _, err := os.Stat(dir); err == nil {
		return dir, s.redirect(dir)
	}
	part, err := os.MkdirTemp(s.work, "part")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(part) // finds nothing once it has its name
	if err := s.copy(m, part); err != nil {
		return "", err
	}
	if err := os.Rename(part, dir); err != nil {
		if _, other := os.Stat(dir); other != nil {
			return "", err
		}
	}
	return dir, nil
}

// copy takes a module from the proxy, copies it to where it can be changed, and makes it
// use als.
func (s *study) copy(m module, dir string) error {
	out, err := command(dir, "go", "mod", "download", "-json", m.String())
	if err != nil {
		return err
	}
	var download struct{ Dir string }
	if err := json.Unmarshal([]byte(out), &download); err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(download.Dir)); err != nil {
		return err
	}
	if err := makeWritable(dir); err != nil {
		return err
	}
	if err := addStorages(dir); err != nil {
		return err
	}
	return s.require(m, dir)
}

// require makes the module need goroutine. What it replaces by a directory beside it is
// taken from the proxy, and what is not there is left out.
func (s *study) require(m module, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		if _, err := command(dir, "go", "mod", "init", m.path); err != nil {
			return err
		}
	}
	out, err := command(dir, "go", "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var file struct {
		Go      string
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal([]byte(out), &file); err != nil {
		return err
	}
	edit := []string{"mod", "edit"}
	if version.Compare("go"+file.Go, "go1.24.0") < 0 {
		edit = append(edit, "-go=1.24.0")
	}
	for _, r := range file.Replace {
		if r.New.Version == "" {
			edit = append(edit, "-dropreplace="+r.Old.Path)
		}
	}
	edit = append(edit, "-require=github.com/seed-1938943e/goroutine@v0.0.0", s.replace())
	if _, err := command(dir, "go", edit...); err != nil {
		return err
	}
	_, err = command(dir, "go", "mod", "tidy", "-e")
	return err
}

// redirect makes a copy use this checkout. The checkout that made the copy may be gone.
func (s *study) redirect(dir string) error {
	_, err := command(dir, "go", "mod", "edit", s.replace())
	return err
}

func (s *study) replace() string {
	return "-replace=github.com/seed-1938943e/goroutine=" + s.root
}

func makeWritable(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}
