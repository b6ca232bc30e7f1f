package als_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// losses collects reports until the test ends.
type losses struct {
	mu  sync.Mutex
	all []als.Loss
}

func traceLosses(t *testing.T) *losses {
	if inheriting {
		t.Skip("with inheritance plain go statements lose nothing")
	}
	if labels.Offset() == 0 {
		t.Skip("losses cannot be found on this platform or release")
	}
	l := new(losses)
	stop := als.TraceLoss(func(loss als.Loss) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all = append(l.all, loss)
	})
	t.Cleanup(stop)
	return l
}

func (l *losses) take() []als.Loss {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all
	l.all = nil
	return all
}

var lossStore = als.New(als.Options[string]{Name: "request"})

// readStore is the place of the reads of lossStore.
func readStore() string { return lossStore.Get() }

func line() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestLossAtAPlainGoStatement(t *testing.T) {
	l := traceLosses(t)
	var child uint64
	for range 10 {
		lossStore.Run("x", func() {
			for range 10 {
				done := make(chan struct{})
				go func() {
					defer close(done)
					child = goroutine.ID()
					readStore()
				}()
				<-done
			}
			assert.Equal(t, "x", readStore())
		})
	}
	all := l.take()
	require.Len(t, all, 1, "once for the place")
	loss := all[0]
	assert.Equal(t, "request", loss.Storage)
	assert.True(t, strings.HasSuffix(loss.Read.Function, "als_test.readStore"), loss.Read)
	assert.True(t, strings.HasSuffix(loss.Read.File, "als/loss_test.go"), loss.Read)
	assert.Contains(t, loss.Go.Function, "als_test.TestLossAtAPlainGoStatement")
	assert.Equal(t, goroutine.ID(), loss.Creator)
	assert.NotZero(t, loss.Goroutine)
	assert.NotZero(t, child)
	assert.Equal(t, als.LostAtGo, loss.Cause)
	assert.Contains(t, loss.String(), `finds no store of storage "request"`)
	assert.Contains(t, loss.String(), "loss_test.go:")
	assert.Contains(t, loss.String(), "see als.Go")
}

// A line that several callers read by is one place for each go statement.
func TestLossIsReportedOnceForALine(t *testing.T) {
	l := traceLosses(t)
	lossStore.Run("x", func() {
		for range 2 {
			testkit.InGoroutine(func() { readStore() })
		}
		testkit.InGoroutine(func() {
			readStore()
			readStore()
			func() { readStore() }()
		})
	})
	assert.Len(t, l.take(), 1, "InGoroutine has one go statement")
}

// A report has the lines of the read and of the go statement, and each pair is a place.
func TestLossNamesLines(t *testing.T) {
	l := traceLosses(t)
	var readAt, otherAt, goAt, otherGoAt int
	var s als.Storage[int]
	s.Run(1, func() {
		read := func() {
			_, _, readAt = must(s.GetStore()), 0, line()
			_, _, otherAt = must(s.GetStore()), 0, line()
		}
		inGoroutine := func(start func(f func())) { testkit.Through(start, read) }
		inGoroutine(func(f func()) { goAt = line(); go f() })
		inGoroutine(func(f func()) { otherGoAt = line(); go f() })
	})
	var got [][2]int
	for _, loss := range l.take() {
		assert.Empty(t, loss.Storage)
		assert.Contains(t, loss.String(), "no store of an als.Storage[int] without a name")
		got = append(got, [2]int{loss.Go.Line, loss.Read.Line})
	}
	assert.Equal(t, [][2]int{{goAt, readAt}, {goAt, otherAt}, {otherGoAt, readAt}, {otherGoAt, otherAt}}, got)
}

func must(v int, _ bool) int { return v }

// Reads that have lost no store are not reported.
func TestNoLoss(t *testing.T) {
	l := traceLosses(t)
	var s, other als.Storage[int]
	plainly := testkit.InGoroutine
	read := func() { s.Get() }
	// Once any goroutine has had a store, a timer without stores may be a loss.
	for name, start := range map[string]func(f func()){
		"als.AfterFunc":         func(f func()) { als.AfterFunc(0, f) },
		"a bound timer":         func(f func()) { time.AfterFunc(0, als.Bind(f)) },
		"a snapshot in a timer": func(f func()) { c := als.Snapshot(); time.AfterFunc(0, func() { c.Run(f) }) },
		"als.Go":                als.Go,
	} {
		s.Run(1, func() {})
		testkit.InGoroutine(func() { testkit.Through(start, read) })
		assert.Empty(t, l.take(), "without stores: "+name)
	}
	for name, f := range map[string]func(){
		"no goroutine has a store": func() { plainly(read) },
		"another storage":          func() { other.Run(1, func() { plainly(read) }) },
		"als.Go":                   func() { s.Run(1, func() { testkit.Through(als.Go, read) }) },
		"a bound function":         func() { s.Run(1, func() { plainly(als.Bind(read)) }) },
		"before": func() {
			c := make(chan bool)
			d := make(chan bool)
			go func() { <-c; read(); close(d) }()
			s.Run(1, func() { c <- true; <-d })
		},
		"after":                   func() { s.Run(1, func() {}); plainly(read) },
		"after, in another's Run": func() { other.Run(1, func() { s.Run(1, func() {}); plainly(read) }) },
		"in an Exit":              func() { s.Run(1, func() { s.Exit(func() { plainly(read) }) }) },
		"in its own Exit":         func() { s.Run(1, func() { plainly(func() { s.Exit(read) }) }) },
		"after its own Run":       func() { s.Run(1, func() { plainly(func() { s.Run(2, func() {}); read() }) }) },
		"in a captured context":   func() { s.Run(1, func() { plainly(func() { als.ExecutionContext{}.Run(read) }) }) },
		"a child of a captured context": func() {
			s.Run(1, func() { plainly(func() { als.ExecutionContext{}.Run(func() { plainly(read) }) }) })
		},
		"a child of a captured context, after a Run": func() {
			s.Run(1, func() {
				plainly(func() {
					other.Run(1, func() {})
					als.ExecutionContext{}.Run(func() { plainly(read) })
				})
			})
		},
		"a child of another's Run in it": func() {
			s.Run(1, func() {
				plainly(func() { als.ExecutionContext{}.Run(func() { other.Run(1, func() { plainly(read) }) }) })
			})
		},
		"another's Run in it": func() {
			s.Run(1, func() { plainly(func() { als.ExecutionContext{}.Run(func() { other.Run(1, read) }) }) })
		},
		"ExecutionContext.Go":      func() { s.Run(1, func() { testkit.Through(als.ExecutionContext{}.Go, read) }) },
		"the same, with another's": func() { s.Run(1, func() { testkit.Through(als.ExecutionContext{}.Go, func() { other.Run(1, read) }) }) },
		"after Disable":            func() { s.Run(1, func() { s.Disable(); plainly(read) }) },
		"after EnterWith, Disable": func() { s.EnterWith(1); s.Disable(); plainly(read) },
		"after a scope":            func() { s.WithScope(1).End(); plainly(read) },
		"in its own goroutine":     read,
	} {
		f()
		assert.Empty(t, l.take(), name)
	}
}

// Losses of stores set in every way, read by goroutines with every history.
func TestLosses(t *testing.T) {
	l := traceLosses(t)
	var other als.Storage[int]
	boxed := als.New(als.Options[[8]int]{Name: "boxed"})
	plainly := testkit.InGoroutine
	read := func() { boxed.Get() }
	for name, f := range map[string]func(){
		"Run":                  func() { boxed.Run([8]int{}, func() { plainly(read) }) },
		"WithScope":            func() { defer boxed.WithScope([8]int{}).End(); plainly(read) },
		"EnterWith":            func() { testkit.Through(als.Go, func() { boxed.EnterWith([8]int{}); plainly(read) }) },
		"in als.Go":            func() { boxed.Run([8]int{}, func() { testkit.Through(als.Go, func() { plainly(read) }) }) },
		"in a bound function":  func() { boxed.Run([8]int{}, func() { als.Bind(func() { plainly(read) })() }) },
		"after another's Run":  func() { boxed.Run([8]int{}, func() { plainly(func() { other.Run(1, func() {}); read() }) }) },
		"inside another's Run": func() { boxed.Run([8]int{}, func() { plainly(func() { other.Run(1, read) }) }) },
		"after its own Snapshot": func() {
			boxed.Run([8]int{}, func() { plainly(func() { other.Run(1, func() { als.Snapshot(); read() }) }) })
		},
		"after a captured context": func() {
			boxed.Run([8]int{}, func() { plainly(func() { als.ExecutionContext{}.Run(func() {}); read() }) })
		},
		"after a captured context with a store": func() {
			boxed.Run([8]int{}, func() {
				c := als.Snapshot()
				plainly(func() { c.Run(func() { boxed.Get() }); read() })
			})
		},
		"a child, after a captured context with a store": func() {
			boxed.Run([8]int{}, func() {
				c := als.Snapshot()
				plainly(func() { c.Run(func() { boxed.Get() }); plainly(read) })
			})
		},
		"after a captured context, another's Run in it": func() {
			boxed.Run([8]int{}, func() {
				plainly(func() { als.ExecutionContext{}.Run(func() { other.Run(1, func() {}) }); read() })
			})
		},
		"a grandchild": func() { boxed.Run([8]int{}, func() { plainly(func() { plainly(read) }) }) },
		"a grandchild, in another's Run of its parent": func() { boxed.Run([8]int{}, func() { plainly(func() { other.Run(1, func() { plainly(read) }) }) }) },
		"after the Run": func() {
			release, done := make(chan struct{}), make(chan struct{})
			boxed.Run([8]int{}, func() { go func() { defer close(done); <-release; read() }() })
			close(release)
			<-done
		},
	} {
		stop := als.TraceLoss(func(als.Loss) {})
		f()
		stop()
		all := l.take()
		if assert.Len(t, all, 1, name) {
			assert.Equal(t, "boxed", all[0].Storage, name)
		}
		freshPlaces(t, l)
	}
}

// freshPlaces makes l collect reports of places that were reported before, too.
func freshPlaces(t *testing.T, l *losses) {
	stop := als.TraceLoss(func(loss als.Loss) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all = append(l.all[:0], loss)
	})
	t.Cleanup(stop)
}

func TestLossAtATimer(t *testing.T) {
	l := traceLosses(t)
	lossStore.Run("x", func() {
		testkit.Through(func(f func()) { time.AfterFunc(0, f) }, func() { readStore() })
		testkit.Through(func(f func()) { als.AfterFunc(0, f) }, func() { readStore() })
	})
	all := l.take()
	require.Len(t, all, 1)
	assert.Equal(t, als.LostAtTimer, all[0].Cause)
	assert.Contains(t, all[0].String(), "see als.AfterFunc")
}

// The stores that the caller of TraceLoss has count at once.
func TestLossOfAStoreFromBeforeTraceLoss(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		l := traceLosses(t)
		testkit.InGoroutine(func() { s.Get() })
		assert.Len(t, l.take(), 1)
	})
}

// The end of a Run counts though TraceLoss was called inside it.
func TestNoLossOfARunThatBeganBeforeTraceLoss(t *testing.T) {
	if inheriting || labels.Offset() == 0 {
		t.Skip("no loss happens or can be found here")
	}
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		var l *losses
		s.Run(1, func() {
			l = traceLosses(t)
			testkit.InGoroutine(func() { s.Get() })
			assert.Len(t, l.take(), 1)
		})
		testkit.InGoroutine(func() { s.Get() })
		assert.Empty(t, l.take())
	})
}

func TestTraceLossStops(t *testing.T) {
	l := traceLosses(t)
	var second int
	stop := als.TraceLoss(func(als.Loss) { second++ })
	lossStore.Run("x", func() { testkit.Through(func(f func()) { go f() }, func() { readStore() }) })
	assert.Len(t, l.take(), 1)
	assert.Equal(t, 1, second)
	stop()
	stop()
	lossStore.Run("x", func() { testkit.Through(func(f func()) { go f() }, func() { readStore() }) })
	assert.Len(t, l.take(), 1, "another go statement")
	assert.Equal(t, 1, second)
	assert.PanicsWithValue(t, "als: TraceLoss: report is nil", func() { als.TraceLoss(nil) })
}

// A report function may itself read stores, lose them, and call TraceLoss.
func TestTraceLossInsideAReport(t *testing.T) {
	traceLosses(t)
	var s als.Storage[int]
	reports := 0
	stop := als.TraceLoss(func(als.Loss) {
		reports++
		s.Get()
		lossStore.Run("y", func() { assert.Equal(t, "y", readStore()) })
		als.TraceLoss(func(als.Loss) {})()
	})
	defer stop()
	s.Run(1, func() {
		lossStore.Run("x", func() { testkit.Through(func(f func()) { go f() }, func() { readStore() }) })
	})
	assert.Equal(t, 2, reports, "the read in the report is a loss, too")
}

// Tracing losses does not change what programs do.
func TestModelWhileLossesAreTraced(t *testing.T) {
	traceLosses(t)
	TestModel(t)
}

// Nor does turning it on and off meanwhile.
func TestTraceLossOnAndOff(t *testing.T) {
	traceLosses(t)
	testkit.Meanwhile(func() { als.TraceLoss(func(als.Loss) {})() }, func() {
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range testkit.ScaledByG(t, 20_000) {
					var s als.Storage[int]
					s.Run(i, func() {
						testkit.Through(als.Go, func() { wantStore(t, &s, i) })
						testkit.InGoroutine(func() { wantNone(t, &s); s.Run(-i, func() { wantStore(t, &s, -i) }) })
						wantStore(t, &s, i)
					})
				}
			}()
		}
		wg.Wait()
	})
}

// Labels that a program sets replace the note with a goroutine's stores. Losses are found
// nevertheless.
func TestLossesBesideLabels(t *testing.T) {
	l := traceLosses(t)
	set := pprof.Labels("span", "1")
	for name, before := range map[string]func(f func()){
		"in pprof.Do":    func(f func()) { pprof.Do(context.Background(), set, func(context.Context) { f() }) },
		"after pprof.Do": func(f func()) { pprof.Do(context.Background(), set, func(context.Context) {}); f() },
		"after SetGoroutineLabels": func(f func()) {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), set))
			f()
		},
	} {
		user := als.New(als.Options[string]{Name: name})
		testkit.InGoroutine(func() {
			user.Run("u", func() { before(func() { testkit.InGoroutine(func() { user.Get() }) }) })
		})
		all := l.take()
		if assert.Len(t, all, 1, name) {
			assert.Equal(t, als.LostAtGo, all[0].Cause)
			assert.Equal(t, name, all[0].Storage)
		}
	}
}

// A worker that was started before the store was set reports no loss, even if its creator
// holds a store when the worker reads.
func TestNoLossOfAStoreThatCameLater(t *testing.T) {
	l := traceLosses(t)
	var s als.Storage[int]
	ask, answered := make(chan struct{}), make(chan struct{})
	go func() {
		for range ask {
			s.Get()
			answered <- struct{}{}
		}
	}()
	s.Run(1, func() { ask <- struct{}{}; <-answered })
	ask <- struct{}{}
	<-answered
	close(ask)
	assert.Empty(t, l.take())
}

// A Run that was in progress when TraceLoss was called is not reported after its end.
func TestNoLossOfARunThatHasEnded(t *testing.T) {
	if inheriting || labels.Offset() == 0 {
		t.Skip("no loss happens or can be found here")
	}
	var s, other als.Storage[int]
	var l *losses
	testkit.InGoroutine(func() {
		s.Run(1, func() {
			l = traceLosses(t)
			other.EnterWith(2)
			testkit.InGoroutine(func() { s.Get() })
		})
		assert.Len(t, l.take(), 1, "in the Run")
		testkit.InGoroutine(func() { s.Get() })
		assert.Empty(t, l.take(), "after the Run")
	})
}

// A store that the end of its Run has revoked is reported with that cause.
func TestLossToRevoke(t *testing.T) {
	l := traceLosses(t)
	s := als.New(als.Options[*int]{Name: "request", RevokeOnEnd: true})
	begun, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s.Run(new(int), func() {
		als.Go(func() {
			defer close(done)
			assert.NotNil(t, s.Get())
			close(begun)
			<-goOn
			assert.Nil(t, s.Get())
		})
		<-begun
	})
	close(goOn)
	<-done
	all := l.take()
	require.Len(t, all, 1)
	assert.Equal(t, als.LostToRevoke, all[0].Cause)
	assert.Equal(t, "*int", all[0].Type)
	assert.Contains(t, all[0].String(), "the Run or Scope of the store has ended")
	assert.NotContains(t, all[0].String(), "lost at")
}

// A goroutine whose creator's store had been revoked before has lost nothing.
func TestNoLossOfARevokedStore(t *testing.T) {
	l := traceLosses(t)
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	var bound func(func())
	s.Run(1, func() {
		bound = als.Bind(func(f func()) { f() })
		testkit.InGoroutine(func() { s.Get() })
		assert.Len(t, l.take(), 1, "in the Run")
	})
	bound(func() { testkit.InGoroutine(func() { s.Get() }) })
	assert.Empty(t, l.take(), "after the Run")
}

// If the go statement is in a library, the report recommends a bound function.
func TestLossInALibrary(t *testing.T) {
	l := traceLosses(t)
	var s als.Storage[int]
	s.Run(1, func() {
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.Get() }))
		defer server.Close()
		response, err := server.Client().Get(server.URL)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	})
	all := l.take()
	require.NotEmpty(t, all)
	for _, loss := range all {
		assert.Equal(t, als.LostInLibrary, loss.Cause, loss.Go)
		assert.Contains(t, loss.String(), "als.Bind")
	}
}

// A module that a directory replaces is the program's own code: its go statements can be
// changed.
func TestLossInAReplacedModule(t *testing.T) {
	traceLosses(t) // or skip the test
	dir := testkit.NewModule(t, map[string]string{"main.go": `package main

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

func main() {
	defer als.TraceLoss(func(l als.Loss) { fmt.Println(l.Go.Function, l.Cause == als.LostAtGo) })()
	var s als.Storage[int]
	s.Run(1, func() { testkit.InGoroutine(func() { s.Get() }) })
}
`})
	out := testkit.RunProgram(t, dir, "-gcflags=-l")
	assert.Equal(t, "github.com/seed-1938943e/goroutine/internal/testkit.InGoroutine.func1 true\n", out)
}

// While losses are traced, the panic of Must says where the store was lost.
func TestMustSaysWhereTheStoreWasLost(t *testing.T) {
	l := traceLosses(t)
	s := als.New(als.Options[int]{Name: "tenant"})
	s.Run(1, func() {
		testkit.InGoroutine(func() {
			message := testkit.Caught(func() { s.Must() })
			assert.Regexp(t, `^als: no store of tenant \(lost at .*InGoroutine.*testkit.go:\d+\): plain go statements`, message)
		})
	})
	assert.Len(t, l.take(), 1)
}

func TestLossInLogsAndJSON(t *testing.T) {
	loss := als.Loss{Storage: "request", Type: "string", Goroutine: 7, Cause: als.LostAtTimer}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Warn("context lost", "loss", loss)
	assert.Contains(t, log.String(), `"loss":{"storage":"request","type":"string"`)
	assert.Contains(t, log.String(), `"cause":"LostAtTimer"`)
	text, err := json.Marshal(loss)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"Cause":"LostAtTimer"`)
	var back als.Loss
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, loss, back)
	assert.Error(t, json.Unmarshal([]byte(`{"Cause":"LostInSpace"}`), &back))
	_, err = als.LossCause(200).MarshalText()
	assert.Error(t, err)
	assert.Equal(t, "an unknown cause", als.LossCause(200).String())
}
