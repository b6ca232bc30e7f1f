package main

import (
	"encoding/json"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const server = `package main

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func main() {
	user.Run("ann", func() { greet("hello") })
}

func greet(word string) {
	var done sync.WaitGroup
	done.Add(1)
	go func(word string) {
		defer done.Done()
		fmt.Println(word, user.Get())
	}(word + ",")
	done.Wait()
}
`

// The same server, fixed.
const fixed = `	{
		word := word + ","
		als.Go(func() {
			defer done.Done()
			fmt.Println(word, user.Get())
		})
	}
	done.Wait()
`

const finding = "main.go:19:2: gostmt: the goroutine starts without the caller's stores: use als.Go"

// TestThreeWays runs the binary alone, below go vet and as a tool of a module, on a
// module of its own.
func TestThreeWays(t *testing.T) {
	binary, module := buildAlsvet(t), newModule(t)

	out, code := run(t, module, binary, "./...")
	assert.Contains(t, out, finding)
	assert.Equal(t, 3, code)

	out, code = run(t, module, "go", "vet", "-vettool="+binary, "./...")
	assert.Contains(t, out, finding)
	assert.Equal(t, 1, code)

	out, code = run(t, module, "go", "tool", "alsvet", "./...")
	assert.Contains(t, out, finding)
	assert.NotZero(t, code)

	// Flags reach the analyzers in each of them.
	for _, way := range [][]string{{binary}, {"go", "vet", "-vettool=" + binary}, {"go", "tool", "alsvet"}} {
		out, code := run(t, module, append(way, "-gostmt=false", "./...")...)
		assert.Zero(t, code, out)
		assert.Empty(t, out)
	}
}

func TestFixDiffJSON(t *testing.T) {
	binary, module := buildAlsvet(t), newModule(t)
	before, _ := run(t, module, "go", "run", ".")
	assert.Equal(t, "hello, \n", before, "the store is lost")

	out, code := run(t, module, binary, "-json", "./...")
	assert.Zero(t, code)
	var byPackage map[string]map[string][]struct {
		Posn, Message  string
		SuggestedFixes []struct{ Message string } `json:"suggested_fixes"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &byPackage), out)
	require.Len(t, byPackage["example.com/server"]["gostmt"], 1)
	assert.Len(t, byPackage["example.com/server"]["gostmt"][0].SuggestedFixes, 1)

	out, code = run(t, module, binary, "-fix", "-diff", "./...")
	assert.Zero(t, code, out)
	assert.Contains(t, out, "\n+\t\tals.Go(func() {\n")
	assert.Equal(t, server, read(t, module), "-diff changes nothing")

	out, code = run(t, module, binary, "-fix", "./...")
	assert.Zero(t, code, out)
	assert.Contains(t, read(t, module), fixed)
	after, _ := run(t, module, "go", "run", ".")
	assert.Equal(t, "hello, ann\n", after)

	out, code = run(t, module, binary, "./...")
	assert.Zero(t, code, out)
}

// TestGoFix lets the go command apply the fixes, which it does since Go 1.26.
func TestGoFix(t *testing.T) {
	if !slices.Contains(build.Default.ReleaseTags, "go1.26") {
		t.Skip("go fix has no -fixtool in this release")
	}
	binary := buildAlsvet(t)
	for _, way := range [][]string{{"go", "fix", "-fixtool=" + binary}, {"go", "vet", "-vettool=" + binary, "-fix"}} {
		module := newModule(t)
		out, code := run(t, module, append(way, "./...")...)
		assert.Zero(t, code, out)
		assert.Contains(t, read(t, module), fixed)
	}
}

// TestExitCodes has the rows of the table in the README, in a project that adopts alsvet.
func TestExitCodes(t *testing.T) {
	binary, module := buildAlsvet(t), newModule(t)
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(text), 0o600))
	}
	step := func(code int, want string, args ...string) {
		t.Helper()
		out, got := run(t, module, append([]string{binary}, args...)...)
		assert.Equal(t, code, got, out)
		if want == "" {
			assert.Empty(t, out)
		} else {
			assert.Contains(t, out, want)
		}
	}
	step(3, finding, "./...")
	step(3, "18\t\tdone.Add(1)\n", "-c=1", "./...")
	step(0, `"startLine": 19`, "-sarif", "./...")
	step(1, "alsvet: the baseline known does not exist: write it with -write-baseline", "-baseline=known", "./...")
	step(0, "alsvet: 1 finding in known", "-baseline=known", "-write-baseline", "./...")
	step(0, "", "-baseline=known", "./...")
	write(".alsvet", "# What was there when we began.\n-baseline=known\n")
	step(0, "", "./...")
	step(0, "alsvet: fixed 0 findings in 0 files", "-fix", "./...")
	step(3, finding, "-baseline=", "./...")
	step(3, finding, "-config=none", "./...")
	step(2, "alsvet: -C: chdir nowhere", "-C=nowhere", "./...")
	write(".alsvet", "-baseline=known\n-gostmt.test\n")
	step(2, "alsvet: .alsvet: flag provided but not defined: -gostmt.test", "./...")
	write(".alsvet", "")
	write("known", "# Findings of alsvet that are not reported: see -baseline.\nmain.go: gostmt: gone\n")
	step(3, "alsvet: 1 finding of known no longer there: write it again with -write-baseline", "-baseline=known", "./...")
	write("broken.go", "package main\n\nvar x int = nothing\n")
	step(1, "broken.go:3:13: undefined: nothing", "./...")
	step(1, "broken.go:3:13: undefined: nothing", "-fix", "./...")

	// The other packages are analyzed.
	require.NoError(t, os.Mkdir(filepath.Join(module, "broken"), 0o700))
	require.NoError(t, os.Rename(filepath.Join(module, "broken.go"), filepath.Join(module, "broken", "main.go")))
	for _, want := range []string{finding, "broken/main.go:3:13: undefined: nothing"} {
		step(1, want, "./...")
		step(1, want, "-c=1", "-baseline=known", "./...")
	}
	step(1, `"startLine": 19`, "-sarif", "./...")
	step(1, `"posn": `, "-json", "./...")
	step(1, "broken/main.go:3:13: undefined: nothing", "-baseline=new", "-write-baseline", "./...")
	assert.NoFileExists(t, filepath.Join(module, "new"), "a baseline has the findings of all packages")
	step(1, "broken/main.go:3:13: undefined: nothing", "-fix", "./...")
	assert.Equal(t, server, read(t, module), "no fix is applied where it could not be checked")
}

func TestBadFlags(t *testing.T) {
	binary, module := buildAlsvet(t), newModule(t)
	for _, bad := range []struct {
		args []string
		want string
	}{
		{[]string{"-diff", "./..."}, "alsvet: -diff needs -fix: use -fix -diff to see what -fix would change"},
		{[]string{"-json", "-fix", "./..."}, "alsvet: -json and -fix exclude each other"},
		{[]string{"-nothing", "./..."}, "alsvet: flag provided but not defined: -nothing"},
		{[]string{"-callback.funcs=a b", "./..."}, `alsvet: invalid value "a b" for flag -callback.funcs: "a b" is no function`},
		{[]string{"-gostmt.forbid=perhaps", "./..."}, `alsvet: invalid boolean value "perhaps" for -gostmt.forbid`},
		{[]string{"./nowhere"}, "nowhere"},
	} {
		out, code := run(t, module, append([]string{binary}, bad.args...)...)
		assert.NotZero(t, code)
		assert.Contains(t, out, bad.want)
		assert.Less(t, strings.Count(out, "\n"), 12, "no page of usage")
	}
}

func TestHelp(t *testing.T) {
	out, code := run(t, t.TempDir(), buildAlsvet(t), "-h")
	assert.Zero(t, code)
	assert.Contains(t, out, "usage: alsvet [-flag...] [package...]")
	out, code = run(t, t.TempDir(), buildAlsvet(t), "help")
	assert.Zero(t, code)
	for _, name := range []string{"gostmt", "callback", "enterwith", "scopeend", "storagecopy", "perrequest", "defaultstore", "revoked", "httporder", "ignore"} {
		assert.Contains(t, out, "\n  "+name+" ")
	}
}
