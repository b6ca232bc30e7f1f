// Command othergo runs the suites of als and als/inherit on Go releases that do not
// exist: the installed one with another runtime. A future release may change what
// lies in a g, and that must cost speed and no store.
//
//	go run ./internal/othergo [-run regexp]
//
// GOROOT stays as it is: the go command takes the changed files from an overlay. It
// compiles the standard library once for each release.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// A release is the installed Go with some edits.
type release struct {
	name  string
	edits []edit
	facts string // the output of package facts, which shows that the edits have an effect

	// noLabels leaves out the suite of als/inherit and the example of a loss: without
	// labels plain go statements carry no stores, and no loss is found.
	noLabels bool
}

// An edit replaces the one match of a regular expression in a file. The file is one of
// the standard library, or of this module if its path begins with a dot.
type edit struct{ file, old, new string }

const (
	runtime2 = "runtime/runtime2.go"
	labelSet = "internal/runtime/pprof/label/labelset.go"
)

var releases = []release{
	{
		name: "more fields in front of the goid, among them the labels",
		edits: []edit{
			{runtime2, `(?m)^\tlabels +unsafe\.Pointer +// profiler labels\n`, ""},
			{runtime2, `(?m)^\tparam +unsafe\.Pointer\n`, "\tothergo [3]uintptr\n\tlabels unsafe.Pointer\n$0"},
		},
		facts: "source=searched status=true statement=true labels=true inherit=true release=true",
	},
	{
		name: "the goid behind another field",
		edits: []edit{
			{runtime2, `(?m)^\tgoid +uint64\n(\tschedlink +guintptr\n)`, "$1\tgoid uint64\n"},
		},
		facts: "source=searched status=false statement=true labels=true inherit=true release=true",
	},
	{
		name: "other numbers for the states",
		edits: []edit{
			{runtime2, `(?m)^\t_Gmoribund_unused.*\n`, ""},
			{runtime2, `(?m)^\t_Genqueue_unused.*\n`, ""},
		},
		facts: "source=known status=false statement=true labels=true inherit=true release=true",
	},
	{
		name: "sets of labels that look otherwise",
		edits: []edit{
			{labelSet, `(?m)^\tList \[\]Label\n`, "${0}\tothergo int\n"},
		},
		facts:    "source=known status=true statement=true labels=false inherit=false release=true",
		noLabels: true,
	},
	{
		// The go command does not take the tag go1.28 for a file that it would compile.
		name: "a fence in front of it",
		edits: []edit{
			{"./internal/goversion/known.go", `(?m)^const Known = true$`, "const Known = false"},
		},
		facts: "source=known status=true statement=true labels=true inherit=true release=false",
	},
}

func main() {
	only := flag.String("run", "", "only the releases whose name matches")
	flag.Parse()
	wanted, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "othergo:", err)
		os.Exit(2)
	}
	failed, tested := false, 0
	for _, r := range releases {
		if !wanted.MatchString(r.name) {
			continue
		}
		tested++
		start := time.Now()
		verdict := "ok"
		if err := r.test(); err != nil {
			failed, verdict = true, "FAILED: "+err.Error()
		}
		fmt.Printf("%s with %s: %s (%.0f s)\n", runtime.Version(), r.name, verdict, time.Since(start).Seconds())
	}
	if tested == 0 {
		fmt.Fprintln(os.Stderr, "othergo: no release has a name that matches", *only)
		os.Exit(2)
	}
	if failed {
		os.Exit(1)
	}
}

// test runs the suites on a release.
func (r release) test() error {
	dir, err := os.MkdirTemp("", "othergo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := r.overlay(dir)
	if err != nil {
		return err
	}
	facts, err := command("run", "-overlay="+overlay, "./internal/othergo/facts")
	if err != nil {
		return err
	}
	if got := strings.TrimSpace(facts); got != r.facts {
		return fmt.Errorf("found %q, want %q", got, r.facts)
	}
	test := []string{"test", "-short", "-vet=off", "-overlay=" + overlay, "./als"}
	if r.noLabels {
		test = append(test, "-skip=^ExampleTraceLoss$")
	} else {
		test = append(test, "./als/inherit")
	}
	_, err = command(test...)
	return err
}

// overlay writes the changed files into dir and returns the name of the file that
// lists them.
func (r release) overlay(dir string) (string, error) {
	goroot, err := command("env", "GOROOT")
	if err != nil {
		return "", err
	}
	changed := make(map[string]string) // text by path
	for _, e := range r.edits {
		path := filepath.FromSlash(e.file)
		if !strings.HasPrefix(e.file, ".") {
			path = filepath.Join(strings.TrimSpace(goroot), "src", path)
		}
		text, ok := changed[path]
		if !ok {
			b, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			text = string(b)
		}
		old := regexp.MustCompile(e.old)
		if n := len(old.FindAllString(text, -1)); n != 1 {
			return "", fmt.Errorf("%s has %d places like %q: this release needs another edit", e.file, n, e.old)
		}
		changed[path] = old.ReplaceAllString(text, e.new)
	}
	replace := make(map[string]string)
	for path, text := range changed {
		copied := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(copied, []byte(text), 0o644); err != nil {
			return "", err
		}
		replace[path] = copied
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, list, 0o644)
}

// command runs the go command and returns what it prints.
func command(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s%s", args[0], err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}
