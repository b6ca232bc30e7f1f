package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/zip"
)

// writeProxy writes the modules into a directory as the GOPROXY protocol lays them out
// (go.dev/ref/mod#goproxy-protocol). It keeps the other versions. It writes a version
// again only with the same contents, because users have its checksums.
func (r *release) writeProxy(dir string) error {
	contents := make(map[string][]byte) // by file
	for _, m := range r.modules {
		if err := r.add(contents, m); err != nil {
			return fmt.Errorf("%s: %w", m.path, err)
		}
	}
	for name, text := range contents {
		there, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && !bytes.Equal(there, text) {
			return fmt.Errorf("%s is there already with other contents", filepath.Join(dir, name))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for name, text := range contents {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	for _, m := range r.modules {
		if err := writeList(dir, m.path); err != nil {
			return err
		}
	}
	return nil
}

// add adds the three files of a module's version.
func (r *release) add(contents map[string][]byte, m published) error {
	name, err := versionsDir(m.path)
	if err != nil {
		return err
	}
	version, err := module.EscapeVersion(r.version)
	if err != nil {
		return err
	}
	name = path.Join(name, version)
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{r.version, r.time})
	if err != nil {
		return err
	}
	mod, err := fs.ReadFile(r.files, path.Join(m.dir, "go.mod"))
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if err := r.archive(&archive, m); err != nil {
		return err
	}
	contents[name+".info"], contents[name+".mod"], contents[name+".zip"] = append(info, '\n'), mod, archive.Bytes()
	return nil
}

// archive writes the module's zip file. The bytes are always the same, and those that the
// go command makes from the tag.
func (r *release) archive(w io.Writer, m published) error {
	sub, err := fs.Sub(r.files, m.dir)
	if err != nil {
		return err
	}
	var files []zip.File
	err = fs.WalkDir(sub, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, file{sub, name})
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := fs.Stat(sub, "LICENSE"); errors.Is(err, fs.ErrNotExist) {
		files = append(files, file{r.files, "LICENSE"}) // as the go command does
	}
	return zip.Create(w, module.Version{Path: m.path, Version: r.version}, files)
}

// A file implements zip.File for a file of a file system.
type file struct {
	in   fs.FS
	name string
}

func (f file) Path() string                 { return f.name }
func (f file) Lstat() (fs.FileInfo, error)  { return fs.Stat(f.in, f.name) }
func (f file) Open() (io.ReadCloser, error) { return f.in.Open(f.name) }

// writeList writes the list of the versions of a module that dir has.
func writeList(dir, modulePath string) error {
	name, err := versionsDir(modulePath)
	if err != nil {
		return err
	}
	infos, err := filepath.Glob(filepath.Join(dir, name, "*.info"))
	if err != nil {
		return err
	}
	var versions []string
	for _, info := range infos {
		version, err := module.UnescapeVersion(strings.TrimSuffix(filepath.Base(info), ".info"))
		if err != nil {
			return err
		}
		versions = append(versions, version)
	}
	slices.SortFunc(versions, semver.Compare)
	list := strings.Join(versions, "\n") + "\n"
	return os.WriteFile(filepath.Join(dir, name, "list"), []byte(list), 0o644)
}

// versionsDir returns the directory of the versions of a module, in the tree of a proxy.
func versionsDir(modulePath string) (string, error) {
	escaped, err := module.EscapePath(modulePath)
	return path.Join(escaped, "@v"), err
}
