package alstrace_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alstrace"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// requestID names the tasks of the tests.
var requestID = als.New(als.Options[string]{Name: "request", Label: func(id string) string { return id }})

func idOf(r *http.Request) string { return r.Header.Get("X-Request-Id") }

// start starts a Recorder for a test, or skips the test on Go 1.24. By default every
// request is slow, every trace is written, and no request is stuck.
func start(t testing.TB, o alstrace.Options) *alstrace.Recorder {
	t.Helper()
	if o.Slow == 0 {
		o.Slow = 1
	}
	if o.Stuck == 0 {
		o.Stuck = time.Hour
	}
	if o.Every == 0 {
		o.Every = 1
	}
	if o.Name == nil {
		o.Name = requestID.Label
	}
	rec, err := alstrace.Start(o)
	if errors.Is(err, alstrace.ErrUnsupported) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(rec.Stop)
	return rec
}

// A result has the arguments of Options.Done.
type result struct {
	alstrace.Trace
	err error
}

// results returns a Done and the channel to which it sends.
func results() (done func(alstrace.Trace, error), c chan result) {
	c = make(chan result, 100)
	return func(t alstrace.Trace, err error) { c <- result{t, err} }, c
}

// next returns the next trace that was written.
func next(t testing.TB, c <-chan result) alstrace.Trace {
	t.Helper()
	select {
	case r := <-c:
		require.NoError(t, r.err)
		return r.Trace
	case <-time.After(time.Minute):
		t.Fatal("no trace")
		panic("not reached")
	}
}

// serve sends one request with an ID to h.
func serve(h http.Handler, id string) {
	r := httptest.NewRequest(http.MethodGet, "/path", nil)
	r.Header.Set("X-Request-Id", id)
	h.ServeHTTP(httptest.NewRecorder(), r)
}

// recorded returns a handler that runs fn for each request, in its task.
func recorded(rec *alstrace.Recorder, fn func()) http.Handler {
	return alshttp.Handler(rec.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fn() })),
		alshttp.With(requestID, idOf))
}

// A parsed has the user's events of a trace, by the names of tasks. The task of an event
// without one is "".
type parsed struct {
	begun, ended []string
	regions      map[string][]string // that began, in this order
	open         map[string]int      // how many have not ended
	messages     map[string][]string
}

var event = regexp.MustCompile(`^M=.* (TaskBegin|TaskEnd|RegionBegin|RegionEnd|Log) Time=\d+ (?:ID=(\d+) Parent=\d+|Task=(\d+)) (?:Type|Category)=("(?:[^"\\]|\\.)*")(?: Message=(".*"))?$`)

// parse reads the file with go tool trace. It fails if the tool does.
func parse(t testing.TB, file string) parsed {
	t.Helper()
	out, err := read(t, file)
	require.NoError(t, err, out)
	p := parsed{regions: map[string][]string{}, open: map[string]int{}, messages: map[string][]string{}}
	tasks := map[string]string{}
	for _, line := range strings.Split(out, "\n") {
		m := event.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name, err := strconv.Unquote(m[4])
		require.NoError(t, err)
		switch task := tasks[m[3]]; m[1] {
		case "TaskBegin":
			tasks[m[2]] = name
			p.begun = append(p.begun, name)
		case "TaskEnd":
			p.ended = append(p.ended, name)
		case "RegionBegin":
			p.regions[task] = append(p.regions[task], name)
			p.open[task]++
		case "RegionEnd":
			p.open[task]--
		case "Log":
			message, err := strconv.Unquote(m[5])
			require.NoError(t, err)
			p.messages[task] = append(p.messages[task], name+": "+message)
		}
	}
	return p
}

// tool is the path of go tool trace, which go tool -n builds.
var tool struct {
	sync.Once
	path string
}

func read(t testing.TB, file string) (string, error) {
	ask := testkit.GoCommand(t, testkit.Checkout(t), "tool", "-n", "trace") // it may skip the test
	tool.Do(func() { tool.path = strings.TrimSpace(testkit.Output(t, ask)) })
	cmd := exec.Command(tool.path, "-d=parsed", file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return stderr.String(), err
	}
	return string(out), err
}

// parseWindow parses the trace that w writes.
func parseWindow(t testing.TB, w io.WriterTo) parsed {
	t.Helper()
	name := filepath.Join(t.TempDir(), "window.trace")
	f, err := os.Create(name)
	require.NoError(t, err)
	_, err = w.WriteTo(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return parse(t, name)
}

// files returns the names of all files in a directory.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
