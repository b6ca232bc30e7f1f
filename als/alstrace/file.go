package alstrace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// temporary is the name of a file that is not complete.
const temporary = ".alstrace-*"

// probe reports an error if no file can be created in a directory.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, temporary)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writeFile writes a trace to a new file in Options.Dir, and removes the oldest ones
// beyond Options.Keep. It leaves no incomplete file.
func (rec *Recorder) writeFile(t Trace) (Trace, error) {
	for len(rec.written) >= rec.options.Keep {
		// A file that is gone already, or cannot be removed, is not tried again.
		_ = os.Remove(rec.written[0])
		rec.written = rec.written[1:]
	}
	f, err := os.CreateTemp(rec.options.Dir, temporary)
	if err != nil {
		return t, err
	}
	t.Bytes, err = rec.WriteTo(f)
	err = errors.Join(err, f.Close())
	name := rec.fileName(t)
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return t, errors.Join(err, os.Remove(f.Name()))
	}
	t.File = name
	rec.written = append(rec.written, name)
	return t, nil
}

// fileName returns a name that no other file has.
func (rec *Recorder) fileName(t Trace) string {
	rec.files++
	return filepath.Join(rec.options.Dir, fmt.Sprintf("slow-%s-%d-%d-%s.trace",
		time.Now().UTC().Format("20060102T150405.000"), os.Getpid(), rec.files, plain(t.Requests[0].Name)))
}

// plain makes a part of a file name of the name of a task, which a client may have chosen.
func plain(name string) string {
	const most = 40
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-':
			return r
		}
		return '_'
	}, name[:min(len(name), most)])
}
