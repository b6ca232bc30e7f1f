package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// library is the path of a module. It has a capital, which proxies escape, and a suffix
// with which the go command knows its repository without asking a server.
const library = "example.com/Library.git"

// tree is a repository that can be released as v0.2.0.
var tree = map[string]string{
	"LICENSE":                       "Do what you like.\n",
	"CHANGELOG.md":                  "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-26\n\n- New: Hello.\n\n## [0.1.0] - 2026-11-01\n\n[0.2.0]: https://example.com\n",
	"go.mod":                        "module example.com/Library.git\n\ngo 1.24.0\n",
	"library.go":                    "package library\n\nfunc Hello() string { return \"hello\" }\n",
	"cmd/tool/go.mod":               "module example.com/Library.git/cmd/tool\n\ngo 1.24.0\n",
	"cmd/tool/main.go":              "package main\n\nfunc main() {}\n",
	"contrib/one/go.mod":            "module example.com/Library.git/contrib/one\n\ngo 1.24.0\n\nrequire example.com/Library.git v0.2.0\n",
	"contrib/one/LICENSE":           "Ask me.\n",
	"contrib/one/one.go":            "package one\n\nimport _ \"example.com/Library.git\"\n",
	"contrib/one/testdata/x/go.mod": "module example.com/testdata\n",
	"examples/go.mod":               "module example.com/Library.git/examples\n\nreplace example.com/Library.git => ../\n",
	"examples/main.go":              "package main\n\nfunc main() {}\n",
}

// repo makes a repository with one commit of tree after some changes. An empty text
// removes a file.
func repo(t *testing.T, changes map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	files := maps.Clone(tree)
	maps.Copy(files, changes)
	for name, text := range files {
		if text != "" {
			write(t, dir, name, text)
		}
	}
	git(t, dir, "init", "--quiet")
	commit(t, dir)
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func commit(t *testing.T, dir string) {
	t.Helper()
	git(t, dir, "add", "--all")
	git(t, dir, "commit", "--quiet", "--message", "all")
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := repository{dir}.git(args...)
	require.NoError(t, err)
	return string(out)
}

func TestMain(m *testing.M) {
	// Ignore the caller's configuration, and the repository whose hook may run the test.
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "c", "GIT_COMMITTER_EMAIL": "c@example.com",
		"GIT_COMMITTER_DATE": "2026-11-26T12:00:00+02:00",
	} {
		os.Setenv(name, value)
	}
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"} {
		os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

// released runs the program and returns what it prints.
func released(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, run(dir, args, &out))
	return out.String()
}

const tags = "v0.2.0\ncmd/tool/v0.2.0\ncontrib/one/v0.2.0\n"

func TestTags(t *testing.T) {
	dir := repo(t, nil)
	assert.Equal(t, tags, released(t, dir, "v0.2.0"))
	assert.Empty(t, git(t, dir, "tag"), "it only prints them")
	assert.Equal(t, tags, released(t, filepath.Join(dir, "cmd"), "-tag", "v0.2.0"))
	assert.Equal(t, "cmd/tool/v0.2.0\ncontrib/one/v0.2.0\nv0.2.0\n", git(t, dir, "tag"))
	for _, tag := range []string{"v0.2.0", "cmd/tool/v0.2.0"} {
		assert.Equal(t, git(t, dir, "rev-parse", "HEAD"), git(t, dir, "rev-parse", tag+"^{commit}"))
	}
}

// If one of the tags exists, none is set.
func TestATagIsNotMoved(t *testing.T) {
	dir := repo(t, nil)
	git(t, dir, "tag", "contrib/one/v0.2.0")
	for _, args := range [][]string{{"v0.2.0"}, {"-tag", "v0.2.0"}} {
		assert.ErrorContains(t, run(dir, args, new(bytes.Buffer)), "there is a tag contrib/one/v0.2.0 already")
	}
	assert.Equal(t, "contrib/one/v0.2.0\n", git(t, dir, "tag"))
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes map[string]string
		version string
		want    string
	}{
		{"no semantic version", nil, "0.2.0", `"0.2.0" is no semantic version`},
		{"a short version", nil, "v0.2", `"v0.2" is no semantic version`},
		{"a version with build metadata", nil, "v0.2.0+linux", `"v0.2.0+linux" is no semantic version`},
		{"a major version that the path does not have", map[string]string{"CHANGELOG.md": "## [2.0.0] - 2026-11-26\n\nText.\n"}, "v2.0.0", "should be v0 or v1"},
		{"a version without a heading", nil, "v0.3.0", `no heading "## [0.3.0] - YYYY-MM-DD"`},
		{"a version that only looks like one with a heading", nil, "v0.2.0-rc.1", `no heading "## [0.2.0-rc.1] - YYYY-MM-DD"`},
		{"an empty section", nil, "v0.1.0", "CHANGELOG.md says nothing about v0.1.0"},
		{"no changelog", map[string]string{"CHANGELOG.md": ""}, "v0.2.0", "CHANGELOG.md"},
		{"no module at the top", map[string]string{"go.mod": ""}, "v0.2.0", "no go.mod at its top"},
		{"a replacement", map[string]string{"cmd/tool/go.mod": tree["cmd/tool/go.mod"] + "\nreplace example.com/a => ../a\n"}, "v0.2.0", "cmd/tool/go.mod: replaces example.com/a"},
		{"an exclusion", map[string]string{"go.mod": tree["go.mod"] + "\nexclude example.com/a v1.0.0\n"}, "v0.2.0", "go.mod: excludes example.com/a@v1.0.0"},
		{"another version of our own", map[string]string{"contrib/one/go.mod": tree["contrib/one/go.mod"][:len(tree["contrib/one/go.mod"])-len("v0.2.0\n")] + "v0.1.0\n"}, "v0.2.0", "contrib/one/go.mod: requires example.com/Library.git@v0.1.0, not its version v0.2.0"},
		{"a module in the wrong place", map[string]string{"cmd/tool/go.mod": "module example.com/tool\n"}, "v0.2.0", "the module is example.com/tool, but in this directory it is found as example.com/Library.git/cmd/tool"},
		{"a go.mod that cannot be read", map[string]string{"contrib/one/go.mod": "modul x\n"}, "v0.2.0", "unknown directive: modul"},
		{"a go.mod without a module", map[string]string{"contrib/one/go.mod": "go 1.24.0\n"}, "v0.2.0", "contrib/one/go.mod names no module"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, proxy := repo(t, c.changes), filepath.Join(t.TempDir(), "proxy")
			for _, args := range [][]string{{c.version}, {"-tag", c.version}, {"-proxy", proxy, c.version}} {
				assert.ErrorContains(t, run(dir, args, new(bytes.Buffer)), c.want)
			}
			assert.Empty(t, git(t, dir, "tag"))
			assert.NoDirExists(t, proxy)
		})
	}
}

func TestRefusesAnUncleanTree(t *testing.T) {
	dir := repo(t, nil)
	write(t, dir, "new.go", "package library\n")
	assert.ErrorContains(t, run(dir, []string{"v0.2.0"}, new(bytes.Buffer)), "the working tree is not the commit HEAD:\n?? new.go")
	commit(t, dir)
	assert.Equal(t, tags, released(t, dir, "v0.2.0"), "the control")
	write(t, dir, "new.go", "package other\n")
	assert.ErrorContains(t, run(dir, []string{"v0.2.0"}, new(bytes.Buffer)), "\n M new.go")
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"v0.2.0", "v0.3.0"}, {"-tag", "-proxy", "dir", "v0.2.0"}, {"-x"}} {
		assert.ErrorContains(t, run(".", args, new(bytes.Buffer)), "usage: go run ./internal/release")
	}
	assert.Equal(t, usage+"\n", released(t, ".", "-h"))
	assert.ErrorContains(t, run(t.TempDir(), []string{"v0.2.0"}, new(bytes.Buffer)), "not a git repository")
}

func TestProxyTree(t *testing.T) {
	dir, proxy := repo(t, nil), t.TempDir()
	assert.Empty(t, released(t, dir, "-proxy", proxy, "v0.2.0"))
	assert.Equal(t, []string{
		"example.com/!library.git/@v/list",
		"example.com/!library.git/@v/v0.2.0.info",
		"example.com/!library.git/@v/v0.2.0.mod",
		"example.com/!library.git/@v/v0.2.0.zip",
		"example.com/!library.git/cmd/tool/@v/list",
		"example.com/!library.git/cmd/tool/@v/v0.2.0.info",
		"example.com/!library.git/cmd/tool/@v/v0.2.0.mod",
		"example.com/!library.git/cmd/tool/@v/v0.2.0.zip",
		"example.com/!library.git/contrib/one/@v/list",
		"example.com/!library.git/contrib/one/@v/v0.2.0.info",
		"example.com/!library.git/contrib/one/@v/v0.2.0.mod",
		"example.com/!library.git/contrib/one/@v/v0.2.0.zip",
	}, list(t, proxy))
	info, err := os.ReadFile(filepath.Join(proxy, "example.com/!library.git/@v/v0.2.0.info"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"Version": "v0.2.0", "Time": "2026-11-26T10:00:00Z"}`, string(info))
}

// list returns the files below a directory.
func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			names = append(names, name)
		}
		return err
	}))
	return names
}

// The archives of a commit have the same bytes in every clone, at any time.
func TestArchivesAreReproducible(t *testing.T) {
	one := repo(t, nil)
	other := t.TempDir()
	git(t, one, "clone", "--quiet", one, other)
	proxies := [2]string{t.TempDir(), t.TempDir()}
	released(t, one, "-proxy", proxies[0], "v0.2.0")
	// Another path, another time, another umask.
	require.NoError(t, os.Chtimes(filepath.Join(other, "go.mod"), time.Time{}, time.Unix(1, 0)))
	require.NoError(t, os.Chmod(filepath.Join(other, "go.mod"), 0o600))
	released(t, other, "-proxy", proxies[1], "v0.2.0")
	for _, name := range list(t, proxies[0]) {
		first, err := os.ReadFile(filepath.Join(proxies[0], name))
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(proxies[1], name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(first, second), name)
	}
}

func TestAProxyTreeKeepsItsVersions(t *testing.T) {
	dir, proxy := repo(t, nil), t.TempDir()
	released(t, dir, "-proxy", proxy, "v0.2.0")
	released(t, dir, "-proxy", proxy, "v0.2.0") // nothing has changed
	write(t, dir, "library.go", "package library\n")
	commit(t, dir)
	assert.ErrorContains(t, run(dir, []string{"-proxy", proxy, "v0.2.0"}, new(bytes.Buffer)), "is there already with other contents")

	write(t, dir, "CHANGELOG.md", "## [0.10.0] - 2026-12-24\n\n- Gone: Hello.\n")
	write(t, dir, "contrib/one/go.mod", "module example.com/Library.git/contrib/one\n\nrequire example.com/Library.git v0.10.0\n")
	commit(t, dir)
	released(t, dir, "-proxy", proxy, "v0.10.0")
	versions, err := os.ReadFile(filepath.Join(proxy, "example.com/!library.git/@v/list"))
	require.NoError(t, err)
	assert.Equal(t, "v0.2.0\nv0.10.0\n", string(versions))
}

// The go command makes the same archives from the tags. Its archives are those in the
// checksum database.
func TestTheGoCommandMakesTheSameArchives(t *testing.T) {
	dir, proxy := repo(t, nil), t.TempDir()
	released(t, dir, "-proxy", proxy, "v0.2.0")
	released(t, dir, "-tag", "v0.2.0")
	config := filepath.Join(t.TempDir(), "gitconfig")
	require.NoError(t, os.WriteFile(config, []byte("[url \""+dir+"\"]\n\tinsteadOf = https://"+strings.TrimSuffix(library, ".git")+"\n"), 0o600))

	for _, m := range []string{library, library + "/cmd/tool", library + "/contrib/one"} {
		ours := download(t, m, "GOPROXY=file://"+filepath.ToSlash(proxy))
		theirs := download(t, m, "GOPROXY=direct", "GIT_CONFIG_GLOBAL="+config)
		assert.Equal(t, theirs, ours, m)
	}
}

// download downloads v0.2.0 of a module into an empty cache and returns what the go
// command reports about it.
func download(t *testing.T, modulePath string, env ...string) (m struct{ Version, Sum, GoModSum string }) {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", modulePath+"@v0.2.0")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-modcacherw", "GOMODCACHE="+t.TempDir(), "GONOSUMDB="+library, "GOVCS=*:git")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.Output()
	require.NoError(t, err, "%s", out)
	require.NoError(t, json.Unmarshal(out, &m))
	require.NotEmpty(t, m.Sum)
	return m
}
