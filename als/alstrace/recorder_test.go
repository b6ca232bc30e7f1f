package alstrace_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alstrace"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// One request over a real connection, with regions in its goroutine, below it, and in
// goroutines that it starts.
func TestASlowRequestIsWrittenWithItsTaskAndItsRegions(t *testing.T) {
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: t.TempDir(), Done: done})
	s := httptest.NewServer(recorded(rec, func() {
		defer alstrace.StartRegion("outer").End()
		alstrace.WithRegion("inner", func() { alstrace.Log("cache", "missed") })
		trace.WithRegion(als.Context(), "of the standard library", func() {})
		done := make(chan struct{})
		als.Go(func() {
			als.Go(func() {
				defer close(done)
				alstrace.WithRegion("goroutine of a goroutine", func() {})
			})
		})
		<-done
	}))
	defer s.Close()
	r, err := http.NewRequest(http.MethodGet, s.URL, nil)
	require.NoError(t, err)
	r.Header.Set("X-Request-Id", "r-42")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	resp.Body.Close()

	written := next(t, traces)
	require.Len(t, written.Requests, 1)
	slow := written.Requests[0]
	assert.Equal(t, "r-42", slow.Name)
	assert.False(t, slow.Running)
	assert.Positive(t, slow.Took)
	assert.WithinDuration(t, time.Now(), slow.Began, time.Minute)
	info, err := os.Stat(written.File)
	require.NoError(t, err)
	assert.Equal(t, info.Size(), written.Bytes)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "others must not read what requests did")
	}

	p := parse(t, written.File)
	assert.Equal(t, []string{"r-42"}, p.begun)
	assert.Equal(t, []string{"r-42"}, p.ended)
	assert.Equal(t, map[string][]string{"r-42": {"outer", "inner", "of the standard library", "goroutine of a goroutine"}}, p.regions)
	require.Len(t, p.messages["r-42"], 2)
	assert.Equal(t, "cache: missed", p.messages["r-42"][0])
	assert.Equal(t, "alstrace: slow: took "+slow.Took.String(), p.messages["r-42"][1])
}

func TestAFastRequestIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	done, traces := results()
	rec := start(t, alstrace.Options{Slow: time.Hour, Dir: dir, Done: done})
	serve(recorded(rec, func() {}), "r-42")
	rec.Stop()
	assert.Empty(t, files(t, dir))
	assert.Empty(t, traces)
}

func TestRequestsThatAreSlowTogetherShareATrace(t *testing.T) {
	done, traces := results()
	writing, goOn := make(chan struct{}), make(chan struct{})
	first := true
	rec := start(t, alstrace.Options{Done: done, Create: func(alstrace.Trace) (io.WriteCloser, error) {
		if first {
			first = false
			close(writing)
			<-goOn
		}
		return nopCloser{io.Discard}, nil
	}})
	h := recorded(rec, func() {})
	serve(h, "r-41")
	<-writing
	serve(h, "r-42") // does not wait for the writing goroutine
	serve(h, "r-43")
	close(goOn)
	names := func(tr alstrace.Trace) (names []string) {
		for _, r := range tr.Requests {
			names = append(names, r.Name)
		}
		return names
	}
	assert.Equal(t, []string{"r-41"}, names(next(t, traces)))
	assert.Equal(t, []string{"r-42", "r-43"}, names(next(t, traces)))
}

func TestAfterATraceThereIsNoneForAWhile(t *testing.T) {
	dir := t.TempDir()
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: dir, Every: time.Hour, Done: done})
	h := recorded(rec, func() {})
	serve(h, "r-42")
	next(t, traces)
	serve(h, "r-43")
	rec.Stop()
	assert.Empty(t, traces)
	assert.Len(t, files(t, dir), 1)
}

func TestAStuckRequestIsWrittenWhileItRuns(t *testing.T) {
	done, traces := results()
	rec := start(t, alstrace.Options{Slow: 1, Stuck: time.Millisecond, Dir: t.TempDir(), Done: done})
	serve(recorded(rec, func() {
		defer alstrace.StartRegion("waits").End()
		written := next(t, traces)
		assert.True(t, written.Requests[0].Running)
		assert.GreaterOrEqual(t, written.Requests[0].Took, time.Millisecond)
		p := parse(t, written.File)
		assert.Equal(t, []string{"r-42"}, p.begun)
		assert.Empty(t, p.ended)
		assert.Equal(t, []string{"waits"}, p.regions["r-42"])
		assert.Equal(t, 1, p.open["r-42"])
		assert.Contains(t, p.messages["r-42"][0], "alstrace: stuck: running for ")
	}), "r-42")
	rec.Stop()
	assert.Empty(t, traces, "it is written once")
}

// The request is stuck while Options.Every lets no trace be written, and does not end.
func TestAStuckRequestIsWrittenWhenOneMayBeWrittenAgain(t *testing.T) {
	done, traces := results()
	const every = 200 * time.Millisecond
	rec := start(t, alstrace.Options{Slow: 1, Stuck: time.Millisecond, Every: every, Dir: t.TempDir(), Done: done})
	rec.Run("slow", func() {})
	first := next(t, traces)
	assert.Equal(t, "slow", first.Requests[0].Name)
	rec.Run("hangs", func() {
		written := next(t, traces)
		assert.Equal(t, "hangs", written.Requests[0].Name)
		assert.True(t, written.Requests[0].Running)
	})
	rec.Stop()
	assert.Empty(t, traces, "it is not written again at its end")
}

// A request ends by return, panic or Goexit, and its task does.
func TestTheTaskEndsHoweverTheRequestEnds(t *testing.T) {
	for name, fn := range map[string]func(){
		"panic":           func() { panic("out of stock") },
		"ErrAbortHandler": func() { panic(http.ErrAbortHandler) },
		"Goexit":          runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			done, traces := results()
			rec := start(t, alstrace.Options{Dir: t.TempDir(), Done: done})
			var recovered any
			testkit.InGoroutine(func() {
				defer func() { recovered = recover() }()
				serve(recorded(rec, func() {
					alstrace.StartRegion("left open")
					fn()
				}), "r-42")
			})
			if name != "Goexit" {
				assert.NotNil(t, recovered, "a panic passes")
			}
			p := parse(t, next(t, traces).File)
			assert.Equal(t, []string{"r-42"}, p.ended)
			assert.Equal(t, []string{"left open"}, p.regions["r-42"])
		})
	}
}

func TestRunIsForWorkThatIsNoRequest(t *testing.T) {
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: t.TempDir(), Done: done})
	rec.Run("job", func() {
		alstrace.WithRegion("step", func() {})
		rec.Run("part of it", func() { alstrace.WithRegion("deeper", func() {}) })
	})
	written := next(t, traces)
	assert.Equal(t, "part of it", written.Requests[0].Name, "it ended first")
	if len(written.Requests) == 1 {
		written = next(t, traces) // else they share a trace
	}
	p := parse(t, written.File)
	assert.Equal(t, []string{"job", "part of it"}, p.begun)
	assert.Equal(t, map[string][]string{"job": {"step"}, "part of it": {"deeper"}}, p.regions)
	assert.Equal(t, context.Background(), als.Context())
}

func TestStopWritesWhatIsDue(t *testing.T) {
	dir := t.TempDir()
	rec := start(t, alstrace.Options{Dir: dir, Done: func(alstrace.Trace, error) {}})
	h := recorded(rec, func() { alstrace.WithRegion("r", func() {}) })
	serve(h, "r-42")
	rec.Stop()
	rec.Stop()
	names := files(t, dir)
	require.Len(t, names, 1)
	assert.Equal(t, []string{"r"}, parse(t, filepath.Join(dir, names[0])).regions["r-42"])

	served := false
	serve(recorded(rec, func() { served = true }), "r-43")
	assert.True(t, served, "requests go on without it")
	rec.Run("", func() { served = false })
	assert.False(t, served)
	assert.Len(t, files(t, dir), 1)
	_, err := rec.WriteTo(io.Discard)
	assert.EqualError(t, err, "alstrace: the Recorder has stopped")
}

// A request that is running when the Recorder stops ends as always.
func TestStopDuringARequest(t *testing.T) {
	dir := t.TempDir()
	rec := start(t, alstrace.Options{Dir: dir})
	serve(recorded(rec, func() {
		defer alstrace.StartRegion("outer").End()
		rec.Stop()
		alstrace.WithRegion("inner", func() { alstrace.Log("c", "m") })
	}), "r-42")
	assert.Empty(t, files(t, dir))
	start(t, alstrace.Options{Dir: dir}) // another one can start
}

func TestAProgramHasOneRecorder(t *testing.T) {
	rec := start(t, alstrace.Options{Dir: t.TempDir()})
	other, err := alstrace.Start(alstrace.Options{Slow: 1, Dir: t.TempDir()})
	assert.Nil(t, other)
	assert.EqualError(t, err, "alstrace: Start: flight recorder already enabled (a program has at most one flight recorder)")
	rec.Stop()
	start(t, alstrace.Options{Dir: t.TempDir()})
}

// A trace by hand at the same time as the Recorder has the same regions.
func TestBesideATrace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "trace")
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	if err := trace.Start(f); err != nil {
		t.Skipf("the tests are being traced: %v", err)
	}
	defer trace.Stop()
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: t.TempDir(), Done: done})
	serve(recorded(rec, func() { alstrace.WithRegion("r", func() {}) }), "r-42")
	written := next(t, traces)
	rec.Stop()
	trace.Stop()
	assert.Equal(t, []string{"r"}, parse(t, written.File).regions["r-42"])
	assert.Equal(t, []string{"r"}, parse(t, name).regions["r-42"])
}

// Names come from clients.
func TestHostileNames(t *testing.T) {
	for _, c := range []struct{ name, shown, file string }{
		{strings.Repeat("x", 1<<20), strings.Repeat("x", 256), strings.Repeat("x", 40)},
		{"a" + strings.Repeat("é", 1<<19), "a" + strings.Repeat("é", 127), "a" + strings.Repeat("_", 20)},
		{strings.Repeat("\x80", 1<<17), strings.Repeat("\x80", 252), strings.Repeat("_", 40)},
		{"../../etc/x.trace", "../../etc/x.trace", "______etc_x_trace"},
		{"<b>\n\x00\"", "<b>\n\x00\"", "_b____"},
		{"", "GET /path", "GET__path"},
	} {
		dir := t.TempDir()
		done, traces := results()
		rec := start(t, alstrace.Options{Dir: dir, Done: done})
		serve(recorded(rec, func() {
			alstrace.WithRegion(c.name+"!", func() { alstrace.Log(c.name, c.name) })
		}), c.name)
		written := next(t, traces)
		rec.Stop()
		assert.Equal(t, c.shown, written.Requests[0].Name)
		assert.Equal(t, dir, filepath.Dir(written.File))
		assert.Regexp(t, `^slow-\d{8}T\d{6}\.\d{3}-\d+-1-`+c.file+`\.trace$`, filepath.Base(written.File))
		assert.Equal(t, []string{filepath.Base(written.File)}, files(t, dir))
		assert.Equal(t, []string{c.shown}, parse(t, written.File).ended)
	}
}

func TestFilesThatAreTooManyAreRemoved(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "slow-other.trace")
	require.NoError(t, os.WriteFile(other, nil, 0o600))
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: dir, Keep: 2, Done: done})
	var written []string
	for range 4 {
		serve(recorded(rec, func() {}), "r-42")
		written = append(written, filepath.Base(next(t, traces).File))
	}
	assert.ElementsMatch(t, append(written[2:], filepath.Base(other)), files(t, dir))
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// A failing writer fails in Write, Close or both.
type failing struct{ write, close error }

func (f failing) Write(p []byte) (int, error) { return len(p), f.write }
func (f failing) Close() error                { return f.close }

func TestFailuresAreReportedAndTheNextTraceIsWritten(t *testing.T) {
	full, gone := errors.New("disk full"), errors.New("gone")
	done, traces := results()
	var w io.WriteCloser
	var err error
	rec := start(t, alstrace.Options{Done: done, Create: func(tr alstrace.Trace) (io.WriteCloser, error) {
		assert.Equal(t, "r-42", tr.Requests[0].Name)
		return w, err
	}})
	h := recorded(rec, func() {})
	for _, c := range []struct {
		w    io.WriteCloser
		err  error
		want []error
	}{
		{nil, gone, []error{gone}},
		{failing{write: full}, nil, []error{full}},
		{failing{close: gone}, nil, []error{gone}},
		{failing{full, gone}, nil, []error{full, gone}},
		{failing{}, nil, nil},
	} {
		w, err = c.w, c.err // the writing goroutine is idle
		serve(h, "r-42")
		r := <-traces
		assert.Equal(t, "r-42", r.Requests[0].Name)
		assert.Equal(t, c.want == nil, r.err == nil)
		for _, want := range c.want {
			assert.ErrorIs(t, r.err, want)
		}
		if c.want == nil {
			assert.Positive(t, r.Bytes)
		}
	}
}

func TestADirectoryThatCannotBeWrittenTo(t *testing.T) {
	_, err := alstrace.Start(alstrace.Options{Slow: 1, Dir: filepath.Join(t.TempDir(), "none")})
	assert.ErrorIs(t, err, os.ErrNotExist)

	dir := filepath.Join(t.TempDir(), "removed")
	require.NoError(t, os.Mkdir(dir, 0o700))
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: dir, Done: done})
	require.NoError(t, os.Remove(dir))
	serve(recorded(rec, func() {}), "r-42")
	assert.ErrorIs(t, (<-traces).err, os.ErrNotExist)
	require.NoError(t, os.Mkdir(dir, 0o700))
	serve(recorded(rec, func() {}), "r-43")
	assert.NotEmpty(t, next(t, traces).File)
}

// Without Done the log has a line for each trace, and for each that is lost.
func TestTracesAreLogged(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, `level=WARN msg="alstrace: a request was slow" request=r-42 took=\S+ running=false others=0 trace="" bytes=\d+ suppressed=0\n`},
		{errors.New("disk full"), `level=ERROR msg="alstrace: the trace of a slow request is lost" request=r-42 took=\S+ running=false others=0 error="disk full"\n`},
	} {
		log.Reset()
		rec := start(t, alstrace.Options{Create: func(alstrace.Trace) (io.WriteCloser, error) { return nopCloser{io.Discard}, c.err }})
		serve(recorded(rec, func() {}), "r-42")
		rec.Stop()
		assert.Regexp(t, `^time=\S+ `+c.want+`$`, log.String())
	}
}

// Captured work after the end of the request is no longer part of its task, except for
// work of als.Outlive.
func TestTheTaskIsGoneAfterTheRequest(t *testing.T) {
	rec := start(t, alstrace.Options{Slow: time.Hour, Dir: t.TempDir()})
	var captured, outliving func()
	serve(recorded(rec, func() {
		captured = als.Bind(func() { alstrace.WithRegion("captured", func() {}) })
		outliving = als.Outlive(func() { alstrace.WithRegion("outliving", func() {}) })
	}), "r-42")
	captured()
	outliving()
	p := parseWindow(t, rec)
	assert.Equal(t, []string{"captured"}, p.regions[""])
	assert.Equal(t, []string{"outliving"}, p.regions["r-42"])
}

// Around alshttp.Handler the name cannot be a store, but regions have the task.
func TestAroundTheHandlerThatSetsStores(t *testing.T) {
	rec := start(t, alstrace.Options{Slow: time.Hour, Dir: t.TempDir()})
	serve(rec.Handler(alshttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		alstrace.WithRegion("without ctx", func() {})
		trace.WithRegion(r.Context(), "with ctx", func() {})
	}))), "r-42")
	assert.Equal(t, map[string][]string{"GET /path": {"without ctx", "with ctx"}}, parseWindow(t, rec).regions)
}

// A plain go statement carries the task where it carries stores.
func TestTheTaskInAPlainGoroutine(t *testing.T) {
	rec := start(t, alstrace.Options{Slow: time.Hour, Dir: t.TempDir()})
	serve(recorded(rec, func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			alstrace.WithRegion("plain", func() {})
		}()
		<-done
	}), "r-42")
	task := ""
	if inheriting {
		task = "r-42"
	}
	assert.Equal(t, map[string][]string{task: {"plain"}}, parseWindow(t, rec).regions)
}

func TestTheWritingGoroutineHasNoStores(t *testing.T) {
	stores := make(chan bool, 1)
	var rec *alstrace.Recorder
	requestID.Run("starter", func() {
		rec = start(t, alstrace.Options{
			Create: func(alstrace.Trace) (io.WriteCloser, error) { return nopCloser{io.Discard}, nil },
			Done:   func(alstrace.Trace, error) { stores <- !als.Snapshot().IsZero() },
		})
		serve(recorded(rec, func() {}), "r-42")
	})
	assert.False(t, <-stores)
}

func TestANilRecorderOnlyCalls(t *testing.T) {
	var rec *alstrace.Recorder
	calls := 0
	serve(recorded(rec, func() { calls++ }), "r-42")
	rec.Run("job", func() { calls++ })
	assert.Equal(t, 2, calls)
	_, err := rec.WriteTo(io.Discard)
	assert.Error(t, err)
	rec.Stop()
}

func TestMisusePanics(t *testing.T) {
	ok := alstrace.Options{Slow: 1, Dir: t.TempDir()}
	create := func(alstrace.Trace) (io.WriteCloser, error) { return nil, nil }
	for message, change := range map[string]func(o *alstrace.Options){
		"Options.Slow is not positive":           func(o *alstrace.Options) { o.Slow = 0 },
		"neither Options.Dir nor Options.Create": func(o *alstrace.Options) { o.Dir = "" },
		"both Options.Dir and Options.Create":    func(o *alstrace.Options) { o.Create = create },
		"Options.Keep is negative":               func(o *alstrace.Options) { o.Keep = -1 },
		"Options.Every is negative":              func(o *alstrace.Options) { o.Every = -1 },
		"Options.MinAge is less than Slow":       func(o *alstrace.Options) { o.Slow, o.MinAge = 2, 1 },
		"Options.Stuck is less than Slow":        func(o *alstrace.Options) { o.Slow, o.Stuck = 2, 1 },
	} {
		o := ok
		change(&o)
		testkit.WantPanic(t, "alstrace: Start: "+message, func() { _, _ = alstrace.Start(o) })
	}
	var rec *alstrace.Recorder
	testkit.WantPanic(t, "alstrace: Recorder.Handler: next is nil", func() { rec.Handler(nil) })
	testkit.WantPanic(t, "alstrace: Recorder.Run: fn is nil", func() { rec.Run("", nil) })
	testkit.WantPanic(t, "alstrace: WithRegion: fn is nil", func() { alstrace.WithRegion("", nil) })
	start(t, ok) // fails if a call above has started a recorder
}

// Requests, traces on demand, regions and Stop at the same time, for the race detector.
// Every trace must be readable.
func TestConcurrency(t *testing.T) {
	dir := t.TempDir()
	done, traces := results()
	rec := start(t, alstrace.Options{Dir: dir, Keep: 100, Every: time.Millisecond, Done: done, Stuck: time.Millisecond})
	h := recorded(rec, func() {
		defer alstrace.StartRegion("outer").End()
		var started sync.WaitGroup
		for range 3 {
			started.Add(1)
			als.Go(func() {
				defer started.Done()
				alstrace.StartRegion("left open")
				alstrace.WithRegion("inner", func() { alstrace.Log("c", "m") })
			})
		}
		started.Wait()
	})
	var busy sync.WaitGroup
	for g := range 8 {
		busy.Add(1)
		go func() {
			defer busy.Done()
			for range testkit.ScaledByG(t, 200) {
				serve(h, "r-"+string(rune('a'+g)))
			}
		}()
	}
	for range 3 {
		busy.Add(1)
		go func() {
			defer busy.Done()
			_, err := rec.WriteTo(io.Discard)
			assert.NoError(t, err)
		}()
	}
	busy.Wait()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		rec.Stop()
	}()
	serve(h, "r-42")
	rec.Stop()
	<-stopped
	require.NotEmpty(t, traces)
	for _, name := range files(t, dir)[:1] {
		assert.NotEmpty(t, parse(t, filepath.Join(dir, name)).regions)
	}
}
