package structure

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

const (
	module = "github.com/seed-1938943e/goroutine"
	root   = "../.."
)

// layers are the packages of the root module from the bottom up. A package may
// import packages of lower lines only. A new package needs a place here.
var layers = [][]string{
	{module + "/internal/race", module + "/internal/goversion", module + "/internal/g"}, // constants of the build; what lies in a g
	{module, module + "/internal/testkit"},                                              // identity; helpers of tests
	{module + "/internal/table", module + "/internal/g/labels", module + "/internal/ratio", module + "/internal/labelset"},
	{module + "/internal/lease"},                              // ambient contexts that als and alshttp revoke
	{module + "/gls", module + "/internal/async"},             // the table's face; the engine
	{module + "/internal/inheritance"},                        // plain go statements carry stores: a feature above the engine
	{module + "/internal/loss", module + "/internal/inspect"}, // the search for losses: another; what all goroutines hold
	{module + "/als", module + "/hooks"},                      // the faces of the engine
	{module + "/als/alsfield"},                                // stores as fields of messages, for the faces that send them
	{module + "/als/alshttp", module + "/als/alslog", module + "/als/alstest", module + "/als/alstrace", module + "/als/alsdebug"}, // for net/http, log/slog, testing and runtime/trace; the inspector
	{module + "/als/inherit"}, // on top of the faces, for programs that want it
	{module + "/internal/cgotest", module + "/internal/mutants", module + "/internal/othergo", module + "/internal/othergo/facts", module + "/internal/structure"}, // tests and measurements only
}

func rank(pkg string) (int, bool) {
	for i, layer := range layers {
		for _, p := range layer {
			if p == pkg {
				return i, true
			}
		}
	}
	return 0, false
}

// violation returns what is wrong with an import, "" if nothing.
func violation(from, to string) string {
	if to != module && !strings.HasPrefix(to, module+"/") {
		return ""
	}
	lower, known := rank(to)
	if !known {
		return to + " has no place in layers"
	}
	upper, known := rank(from)
	if !known {
		return from + " has no place in layers"
	}
	if lower >= upper {
		return from + " must not import " + to
	}
	return ""
}

func TestImportsRunDownwards(t *testing.T) {
	out := goCommand(t, "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...")
	seen := 0
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		fields := strings.Fields(line)
		_, known := rank(fields[0])
		assert.True(t, known, "%s has no place in layers", fields[0])
		for _, imported := range fields[1:] {
			assert.Empty(t, violation(fields[0], imported))
		}
		seen++
	}
	assert.GreaterOrEqual(t, seen, 5, "go list found too few packages")

	assert.NotEmpty(t, violation(module, module+"/gls"), "the control must fail")
	assert.NotEmpty(t, violation(module+"/gls", module+"/internal/async"), "the control must fail")
	assert.NotEmpty(t, violation(module+"/als", module+"/new"), "the control must fail")
}

func TestRootModuleStaysLean(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	var direct []string
	for _, m := range regexp.MustCompile(`(?m)^\s*(?:require )?(\S+\.\S+/\S+) v\S+( // indirect)?$`).FindAllStringSubmatch(string(mod), -1) {
		if m[2] == "" {
			direct = append(direct, m[1])
		}
	}
	assert.Equal(t, []string{"github.com/petermattis/goid", "github.com/stretchr/testify"}, direct)

	deps := goCommand(t, "list", "-deps", "-f", `{{if not .Standard}}{{.ImportPath}}{{end}}`, "./als", "./gls")
	assert.NotContains(t, deps, "testify", "a program that uses us must not link the test library")
}

// TestSourceRules looks for text that the source of the root module must not have.
func TestSourceRules(t *testing.T) {
	rules := []struct {
		name    string
		pattern *regexp.Regexp
		bad     string // a control that the pattern must find
	}{
		{"linkname", regexp.MustCompile(`(?m)^//go:linkname`), "//go:linkname a b"},
		{"exemption from the race detector", regexp.MustCompile(`(?m)^//go:(norace|nocheckptr)`), "//go:norace"},
		{"open end", regexp.MustCompile(`/[^\n]*[^.\w\n](TO` + `DO|FIX` + `ME|XX` + `X)\b`), "// TO" + "DO: later"},
		{"file without a newline at its end", regexp.MustCompile(`[^\n]\z`), "package p"},
	}
	for _, r := range rules {
		assert.Regexp(t, r.pattern, r.bad, "the control of %s", r.name)
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && (strings.HasPrefix(d.Name(), ".") || hasGoMod(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".s" {
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		for _, r := range rules {
			if r.name == "linkname" && path == filepath.Join(root, linknames) {
				continue
			}
			assert.Falsef(t, r.pattern.Match(text), "%s: %s: %q", path, r.name, r.pattern.Find(text))
		}
		return err
	})
	require.NoError(t, err)
	assert.Greater(t, files, 20)
}

// linknames is the one file with linknames. Programs that do not import its package
// contain none: TestNoOtherPackageImportsInherit checks that no package of ours does.
const linknames = "als/inherit/labels.go"

func TestNoOtherPackageImportsInherit(t *testing.T) {
	deps := func(packages ...string) []string {
		return strings.Fields(goCommand(t, append([]string{"list", "-deps"}, packages...)...))
	}
	without := deps(".", "./gls", "./als", "./hooks")
	assert.NotContains(t, without, module+"/als/inherit")
	assert.Contains(t, deps("./als/inherit"), module+"/als/inherit", "the control")
	identity := deps(".", "./gls")
	assert.NotContains(t, identity, "runtime/pprof")
	assert.Contains(t, without, "runtime/pprof", "the control")
}

// TestOnePackageKnowsTheG looks for code outside package goroutine and internal/g that
// uses offsets in a g. The assembly of internal/async gets its offsets from one file.
func TestOnePackageKnowsTheG(t *testing.T) {
	pattern := regexp.MustCompile(`\bg\.(Word|OwnPointer|NewSieve|Sieve|GoidOffset)\b|\blabels\.(Offset|Of)\b|(?i)\b(atomicstatus|knownGoidOffset|_Gdead|_Grunning)\b`)
	allowed := map[string]bool{
		"layout.go": true, "layout_go1.24.go": true, "layout_go1.25.go": true, // the root's
		"internal/async/leaf.go": true, "internal/loss/loss.go": true, "internal/loss/owners.go": true, "als/inherit/inherit.go": true,
		"internal/othergo/facts/main.go": true, "internal/mutants/identity.go": true,
	}
	found := 0
	for _, dir := range []string{".", "gls", "als", "als/*", "hooks", "internal/*", "internal/*/*"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		require.NoError(t, err)
		for _, path := range files {
			name, err := filepath.Rel(root, path)
			require.NoError(t, err)
			name = filepath.ToSlash(name)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			known := pattern.Find(text)
			if known != nil {
				found++
			}
			if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "internal/g/") || allowed[name] {
				continue
			}
			assert.Emptyf(t, string(known), "%s", name)
		}
	}
	assert.Greater(t, found, 5, "the control")
}

func hasGoMod(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// TestNoGoroutineOrTimerInPackageState keeps testing/synctest bubbles safe: a goroutine
// or channel that a package makes on first use would belong to the first user's bubble.
func TestNoGoroutineOrTimerInPackageState(t *testing.T) {
	pattern := regexp.MustCompile(`(?m)^\s*go (func\b|\w[\w.]*\()|\bmake\(chan\b|\btime\.(New|After|Tick)\w*\(|\bsync\.NewCond\b`)
	allowed := map[string]string{
		"layout.go":                   "goroutines of init, which waits for them",
		"als/go.go":                   "als.Go, als.AfterFunc",
		"doc.go":                      "prose",
		"als/doc.go":                  "prose",
		"hooks/doc.go":                "prose",
		"als/inherit/doc.go":          "prose",
		"als/inherit/inherit.go":      "prose",
		"als/inherit/detach.go":       "prose",
		"als/alsdebug/handler.go":     "a Handler belongs to the bubble that makes it",
		"als/alsdebug/pictures.go":    "a picture belongs to the bubble of the request for it",
		"als/alstrace/recorder.go":    "a Recorder belongs to the bubble that starts it",
		"als/alstrace/task.go":        "a timer belongs to its request",
		"internal/g/layout.go":        "goroutines of a search, which waits for them",
		"internal/g/status.go":        "a goroutine of a search, which waits for it",
		"internal/g/facts.go":         "goroutines of a search, which waits for them",
		"internal/g/labels/labels.go": "goroutines of a search, which waits for them",
		"internal/inspect/reasons.go": "goroutines of a search, which waits for them",
	}
	for _, dir := range []string{".", "internal/table", "internal/async", "gls", "internal/g", "internal/g/labels", "internal/inspect", "als", "als/alsdebug", "als/alshttp", "als/alslog", "als/alstest", "als/alstrace", "als/inherit", "hooks"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, path := range files {
			name, err := filepath.Rel(root, path)
			require.NoError(t, err)
			if strings.HasSuffix(name, "_test.go") || allowed[filepath.ToSlash(name)] != "" {
				continue
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Emptyf(t, pattern.FindString(string(text)), "%s", name)
		}
	}
	assert.Regexp(t, pattern, "\tgo func() {}()", "the control")
}

// goCommand returns what the go command prints about the root module.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	return testkit.Output(t, testkit.GoCommand(t, root, args...))
}
