package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"
)

// A repository is a Git working tree, by its top directory.
type repository struct{ dir string }

func openRepository(dir string) (repository, error) {
	top, err := repository{dir}.git("rev-parse", "--show-toplevel")
	return repository{strings.TrimSpace(string(top))}, err
}

func (r repository) git(args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("git %s: %w\n%s", args[0], err, bytes.TrimSpace(exit.Stderr))
	}
	return out, err
}

// clean returns an error if the working tree is not that of HEAD: the tests would then
// have run on other code than is published.
func (r repository) clean() error {
	changes, err := r.git("status", "--porcelain")
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		return fmt.Errorf("the working tree is not the commit HEAD:\n%s", bytes.TrimRight(changes, "\n"))
	}
	return nil
}

// head returns the files of the commit HEAD and its time.
func (r repository) head() (fs.FS, time.Time, error) {
	committed, err := r.git("show", "--no-patch", "--format=%cI", "HEAD")
	if err != nil {
		return nil, time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(committed)))
	if err != nil {
		return nil, time.Time{}, err
	}
	// Keep the line ends of the repository on every machine, as the go command does.
	archive, err := r.git("-c", "core.autocrlf=input", "-c", "core.eol=lf", "archive", "--format=zip", "HEAD")
	if err != nil {
		return nil, time.Time{}, err
	}
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	return files, at.UTC(), err
}

func (r repository) hasTag(name string) bool {
	_, err := r.git("rev-parse", "--verify", "--quiet", "refs/tags/"+name)
	return err == nil
}

func (r repository) setTag(name, message string) error {
	_, err := r.git("tag", "--annotate", "--message", message, name, "HEAD")
	return err
}
