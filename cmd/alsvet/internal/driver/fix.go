package driver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
)

// maxRounds is how often applyFixes applies fixes that overlapped with earlier ones. A finding
// needs a round for each function literal that is nested in it, and is fixed, too.
const maxRounds = 10

// applyFixes applies the fixes of the findings, or prints a diff with -diff. The findings come
// from go vet, package by package, so that no process has all packages in memory. For
// the same reason the fixed text is type-checked by a second go vet, which reads it in
// place of the files; only packages that compile with their fixes are written.
func (o *options) applyFixes(found []Finding, diff io.Writer) error {
	applied := make(map[string]bool)
	fixes := 0
	for round := 0; ; round++ {
		p, err := newPatch(found)
		if err != nil {
			return err
		}
		refused := o.compile(p)
		for _, path := range slices.Sorted(maps.Keys(p.files)) {
			file := p.files[path]
			if diff != nil {
				err = printDiff(diff, shortest(path), string(file.before), string(file.after))
			} else {
				err = os.WriteFile(path, file.after, 0o666) // the file is there, and keeps its mode
			}
			if err != nil {
				return err
			}
			applied[path] = true
		}
		fixes += p.fixes()
		if refused != nil {
			return refused
		}
		if diff != nil || p.overlapping == 0 || len(p.files) == 0 || round == maxRounds {
			o.sayWhatIsLeft(fixes, len(applied), p.overlapping, len(found)-p.fixes())
			return nil
		}
		if found, _, err = o.findings(); err != nil {
			return err
		}
	}
}

func (o *options) sayWhatIsLeft(fixes, files, overlapping, left int) {
	verb := "fixed"
	if o.diff {
		verb = "can fix"
	}
	say("%s %s in %s", verb, count(fixes, "finding"), count(files, "file"))
	if overlapping > 0 {
		say("%s with a fix that overlaps with others: run -fix again after these", count(overlapping, "finding"))
	}
	if left -= overlapping; left > 0 {
		say("%s without a fix: run alsvet without -fix to read them", count(left, "finding"))
	}
}

// An edit replaces the bytes from Start to End of a file, as in go vet -json.
type edit struct {
	Filename   string
	Start, End int
	New        string
}

// A patch holds fixes that do not overlap, by the files that they change.
type patch struct {
	files       map[string]*fixedFile
	overlapping int // fixes that are left out
}

type fixedFile struct {
	before, after []byte
	edits         []edit
	fixes         int // a fix that changes several files counts in the first
}

// newPatch returns the first fix of each finding, except those that overlap with an
// earlier one.
func newPatch(found []Finding) (*patch, error) {
	p := &patch{files: make(map[string]*fixedFile)}
	for _, f := range found {
		if len(f.fixes) > 0 && !p.add(f.fixes[0]) {
			p.overlapping++
		}
	}
	for path, file := range p.files {
		var err error
		if file.before, err = os.ReadFile(path); err != nil {
			return nil, err
		}
		if file.after, err = file.apply(); err != nil {
			return nil, fmt.Errorf("%s with fixes: %w", path, err)
		}
	}
	return p, nil
}

// add adds a fix unless it overlaps with another.
func (p *patch) add(fix []edit) bool {
	var fresh []edit
	for _, e := range fix {
		same, overlaps := false, false
		if file := p.files[e.Filename]; file != nil {
			same, overlaps = file.has(e)
		}
		if overlaps {
			return false
		}
		if !same {
			fresh = append(fresh, e)
		}
	}
	for i, e := range fresh {
		file := p.files[e.Filename]
		if file == nil {
			file = new(fixedFile)
			p.files[e.Filename] = file
		}
		file.edits = append(file.edits, e)
		if i == 0 {
			file.fixes++
		}
	}
	return true
}

// has reports whether the file has the edit, because fixes share an import, or one that
// overlaps with it. Of two insertions in one place the order is not known.
func (f *fixedFile) has(e edit) (same, overlaps bool) {
	for _, other := range f.edits {
		if other == e && rewrite.IsImport(e.New) {
			return true, false
		}
		if e.Start < other.End && other.Start < e.End || e.Start == other.Start {
			return false, true
		}
	}
	return false, false
}

// apply returns the formatted text with the edits.
func (f *fixedFile) apply() ([]byte, error) {
	slices.SortFunc(f.edits, func(a, b edit) int { return a.Start - b.Start })
	var out bytes.Buffer
	last := 0
	for _, e := range f.edits {
		if e.Start < last || e.End < e.Start || e.End > len(f.before) {
			return nil, fmt.Errorf("an edit of the bytes %d to %d: the file has changed", e.Start, e.End)
		}
		out.Write(f.before[last:e.Start])
		out.WriteString(e.New)
		last = e.End
	}
	out.Write(f.before[last:])
	return format.Source(out.Bytes())
}

func (p *patch) fixes() (n int) {
	for _, file := range p.files {
		n += file.fixes
	}
	return n
}

// dirs returns the directories of the packages that the patch changes.
func (p *patch) dirs() []string {
	dirs := make(map[string]bool)
	for path := range p.files {
		dirs[filepath.Dir(path)] = true
	}
	return slices.Sorted(maps.Keys(dirs))
}

// compile type-checks the packages with the patch. It takes packages out of the patch
// that do not compile with it, and returns an error that names them.
func (o *options) compile(p *patch) error {
	dirs := p.dirs()
	if len(dirs) == 0 || o.vetPatched(p.files, dirs) == nil {
		return nil
	}
	var failed []string
	for _, dir := range dirs {
		files := maps.Clone(p.files)
		maps.DeleteFunc(files, func(path string, _ *fixedFile) bool { return filepath.Dir(path) != dir })
		if err := o.vetPatched(files, []string{dir}); err != nil {
			failed = append(failed, fmt.Sprintf("%s does not compile with its fixes, which were left out: %v", shortest(dir), err))
			maps.DeleteFunc(p.files, func(path string, _ *fixedFile) bool { return filepath.Dir(path) == dir })
		}
	}
	if failed == nil {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(failed, "\n"))
}

// vetPatched runs go vet on directories, with the fixed text in the place of files.
func (o *options) vetPatched(files map[string]*fixedFile, dirs []string) error {
	scratch, err := os.MkdirTemp("", "alsvet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	var overlay struct{ Replace map[string]string }
	overlay.Replace = make(map[string]string)
	var names []string // pairs for the error: the scratch file, and the file that it replaces
	for i, path := range slices.Sorted(maps.Keys(files)) {
		fixed := filepath.Join(scratch, fmt.Sprintf("%d_%s", i, filepath.Base(path)))
		if err := os.WriteFile(fixed, files[path].after, 0o600); err != nil {
			return err
		}
		overlay.Replace[path] = fixed
		names = append(names, fixed, shortest(path))
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	list := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		return err
	}
	if _, err = o.vet(dirs, "-overlay="+list); err != nil {
		return fmt.Errorf("%s", strings.NewReplacer(names...).Replace(err.Error()))
	}
	return nil
}
