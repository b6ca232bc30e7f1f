package driver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

const unfixed = "package a\n\nvar x = 1\n"

// found writes a file and returns a finding for each fix of it.
func found(t *testing.T, fixes ...[]edit) []Finding {
	path := filepath.Join(t.TempDir(), "a.go")
	require.NoError(t, os.WriteFile(path, []byte(unfixed), 0o600))
	var list []Finding
	for _, fix := range fixes {
		for i := range fix {
			fix[i].Filename = path
		}
		list = append(list, Finding{File: path, fixes: [][]edit{fix}})
	}
	return append(list, Finding{File: path}) // has no fix
}

func patched(t *testing.T, p *patch) string {
	require.Len(t, p.files, 1)
	for _, file := range p.files {
		return string(file.after)
	}
	return ""
}

func TestPatch(t *testing.T) {
	imported := edit{Start: 9, End: 9, New: "\n\nimport _ \"" + known.ALS + "\""}
	first := []edit{imported, {Start: 19, End: 20, New: "2"}}
	second := []edit{imported, {Start: 20, End: 20, New: "\n\nvar y = 3"}}
	p, err := newPatch(found(t, first, second))
	require.NoError(t, err)
	assert.Zero(t, p.overlapping)
	assert.Equal(t, 2, p.fixes())
	assert.Equal(t, "package a\n\nimport _ \""+known.ALS+"\"\n\nvar x = 2\n\nvar y = 3\n", patched(t, p))
	assert.Len(t, p.dirs(), 1)
}

// Of fixes that overlap the first is made; none of the edits of the other are.
func TestPatchOverlaps(t *testing.T) {
	first := []edit{{Start: 15, End: 20, New: "z = 2"}}
	for name, other := range map[string]edit{
		"inside":           {Start: 16, End: 17, New: ""},
		"around":           {Start: 11, End: 20, New: "const y = 1"},
		"the same":         {Start: 15, End: 20, New: "z = 2"},
		"insertion inside": {Start: 16, End: 16, New: "y"},
		"insertion at it":  {Start: 15, End: 15, New: "y"},
	} {
		t.Run(name, func(t *testing.T) {
			second := []edit{{Start: 0, End: 0, New: "// A comment.\n"}, other}
			p, err := newPatch(found(t, first, second))
			require.NoError(t, err)
			assert.Equal(t, 1, p.overlapping)
			assert.Equal(t, 1, p.fixes())
			assert.Equal(t, "package a\n\nvar z = 2\n", patched(t, p))
		})
	}
}

// A file that has changed since it was read is not written.
func TestPatchOfChangedFile(t *testing.T) {
	for _, e := range []edit{{Start: 20, End: 90, New: "1"}, {Start: 18, End: 17, New: ""}, {Start: 0, End: 7, New: "("}} {
		_, err := newPatch(found(t, []edit{e}))
		assert.ErrorContains(t, err, "a.go with fixes: ")
	}
}

// A package that does not compile with its fixes is left out of the patch, and the
// error says why. The others stay in.
func TestCompile(t *testing.T) {
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("go.mod", []byte("module example.com/m\n\ngo 1.24.0\n"), 0o600))
	write := func(dir, fixed string) (string, *fixedFile) {
		path, err := filepath.Abs(filepath.Join(dir, "x.go"))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(dir, 0o700))
		require.NoError(t, os.WriteFile(path, []byte("package "+dir+"\n"), 0o600))
		return path, &fixedFile{after: []byte(fixed), fixes: 1}
	}
	good, goodFile := write("good", "package good\n\nvar X = 1\n")
	bad, badFile := write("bad", "package bad\n\nvar X int = nothing\n")
	o, err := parse(nil, nil)
	require.NoError(t, err)

	p := &patch{files: map[string]*fixedFile{good: goodFile}}
	require.NoError(t, o.compile(p))
	assert.Len(t, p.files, 1)

	p.files[bad] = badFile
	err = o.compile(p)
	require.ErrorContains(t, err, "bad does not compile with its fixes, which were left out")
	assert.ErrorContains(t, err, filepath.Join("bad", "x.go")+":3:13: undefined: nothing")
	assert.Equal(t, map[string]*fixedFile{good: goodFile}, p.files)
}
