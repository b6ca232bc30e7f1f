package driver

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// output is what go vet prints, before Go 1.26 between comments, for a package, its test
// variant, and with lines of the go command.
const output = `go: downloading example.com/x v1.0.0
# example.com/a
{
	"example.com/a": {
		"gostmt": [
			{"posn": "/src/a.go:7:2", "end": "/src/a.go:7:10", "message": "gostmt: late (b.go:12)"},
			{"posn": "/src/a.go:3:2", "end": "/src/a.go:3:10", "message": "gostmt: early"}
		]
	}
}
{}
# example.com/a [example.com/a.test]
{
	"example.com/a [example.com/a.test]": {
		"gostmt": [
			{"posn": "/src/a.go:3:2", "end": "/src/a.go:3:10", "message": "gostmt: early", "suggested_fixes": [{"message": "fix"}]}
		]
	}
}
`

func findings(t *testing.T) []Finding {
	found, rest, err := readFindings(output)
	require.NoError(t, err)
	assert.Equal(t, "go: downloading example.com/x v1.0.0\n", rest)
	return found
}

func TestReadFindings(t *testing.T) {
	found := findings(t)
	require.Len(t, found, 2, "the test variant finds nothing new")
	assert.Equal(t, 3, found[0].Line, "sorted")
	assert.Len(t, found[0].fixes, 1, "the one with a fix is kept")
	assert.Equal(t, "/src/a.go", found[1].File)

	_, _, err := readFindings("{\n\t\"a\": {\"gostmt\": {\"error\": \"it failed\"}}\n}\n")
	assert.ErrorContains(t, err, "it failed")
}

// A baseline survives code that moves, and counts.
func TestBaseline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline")
	_, err := openBaseline(path)
	assert.ErrorContains(t, err, "write it with -write-baseline")
	found := findings(t)
	require.NoError(t, writeBaseline(path, found))

	b, err := openBaseline(path)
	require.NoError(t, err)
	moved := append([]Finding(nil), found...)
	moved[1].Line, moved[1].Message = 70, "gostmt: late (b.go:99)"
	again := moved[0]
	again.Line = 90
	rest, gone := b.without(append(moved, again))
	assert.Equal(t, []Finding{again}, rest, "a second one is new")
	assert.Zero(t, gone)

	b, err = openBaseline(path)
	require.NoError(t, err)
	rest, gone = b.without(found[:1])
	assert.Empty(t, rest)
	assert.Equal(t, 1, gone)

	require.NoError(t, os.WriteFile(path, []byte(baselineHead+"\nsomething else\r\n"), 0o600))
	_, err = openBaseline(path)
	assert.ErrorContains(t, err, `:3: a line of a baseline has a path and a message, not "something else"`)
}

func TestConfig(t *testing.T) {
	t.Chdir(t.TempDir()) // and back, when the test ends
	dir := t.TempDir()
	config := filepath.Join(dir, configName)
	write := func(text string) { require.NoError(t, os.WriteFile(config, []byte(text), 0o600)) }

	write("# which ones\n-gostmt.tests\n\n-callback.funcs=+a.B\n-baseline=known\n")
	o, err := parse([]string{"-C=" + dir, "-gostmt.tests=false", "./..."}, suite.Analyzers())
	require.NoError(t, err)
	assert.Equal(t, []string{"-gostmt.tests=false", "-callback.funcs=+a.B"}, o.analyzers, "the command line wins")
	assert.Equal(t, filepath.Join(dir, "known"), o.baseline, "relative to the file")
	assert.Equal(t, []string{"./..."}, o.patterns)

	o, err = parse([]string{"-C=" + dir, "-config=none"}, suite.Analyzers())
	require.NoError(t, err)
	assert.Empty(t, o.baseline)
	assert.Equal(t, []string{"."}, o.patterns)

	for text, want := range map[string]string{
		"\ngostmt.tests\n":     `.alsvet:2: "gostmt.tests" is not a flag`,
		"-baseline known\n":    `.alsvet:1: "-baseline known" is not a flag: write one flag on each line, as -name=value`,
		"-C=elsewhere":         ".alsvet:1: -C works on the command line only",
		"-nothing\n":           ".alsvet: flag provided but not defined: -nothing",
		"-gostmt.tests=x":      "invalid boolean value",
		"-json\n-sarif":        "exclude each other",
		"-write-baseline=true": "-write-baseline needs -baseline=file",
		"-callback.funcs=+a b": `"a b" is no function`,
		"-gostmt=perhaps":      "the value must be true or false",
		"-c=many\n":            "invalid value",
		"-diff\n":              "use -fix -diff",
	} {
		write(text)
		_, err := parse([]string{"-C=" + dir}, suite.Analyzers())
		assert.ErrorContains(t, err, want)
	}
}

// A unit of which go vet wants only facts is not parsed if it has none.
func TestSkipUnit(t *testing.T) {
	dir := t.TempDir()
	small := filepath.Join(dir, "small.go")
	require.NoError(t, os.WriteFile(small, []byte("package small\n"), 0o600))
	facts := filepath.Join(dir, "facts")
	skip := func(path string, only bool) bool {
		text, err := json.Marshal(map[string]any{"ImportPath": path, "VetxOutput": facts, "VetxOnly": only, "GoFiles": []string{small}})
		require.NoError(t, err)
		config := filepath.Join(dir, "vet.cfg")
		require.NoError(t, os.WriteFile(config, text, 0o600))
		return SkipUnit(config)
	}
	assert.True(t, skip("net/http", true))
	assert.FileExists(t, facts)
	assert.False(t, skip("net/http", false), "it is to be reported on")
	assert.False(t, skip("example.com/small", true))
	assert.False(t, SkipUnit(filepath.Join(dir, "nowhere.cfg")))
}

func TestNewerThan(t *testing.T) {
	assert.Equal(t, runtime.Version(), newerThan("go1.20.1"))
	assert.Empty(t, newerThan(runtime.Version()))
	assert.Empty(t, newerThan("go9.9"))
}
