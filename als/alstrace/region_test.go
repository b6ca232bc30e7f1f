package alstrace_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime/trace"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alstrace"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// traced returns the file of a trace of fn, on any release of Go.
func traced(t *testing.T, fn func()) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace")
	f, err := os.Create(name)
	require.NoError(t, err)
	if err := trace.Start(f); err != nil {
		t.Skipf("the tests are being traced: %v", err)
	}
	testkit.InGoroutine(fn)
	trace.Stop()
	require.NoError(t, f.Close())
	return name
}

// A trace in which the regions of a goroutine do not nest cannot be read, so no order of
// Start and End makes one.
func TestRegionsNestInAnyOrderOfTheirEnds(t *testing.T) {
	start := alstrace.StartRegion
	for name, c := range map[string]struct {
		fn      func()
		regions []string
		open    int
	}{
		"in order": {func() {
			a, b := start("a"), start("b")
			b.End()
			a.End()
		}, []string{"a", "b"}, 0},
		"the outer one first": {func() {
			a, b, c := start("a"), start("b"), start("c")
			b.End()
			c.End()
			d := start("d")
			a.End()
			d.End()
			start("e").End()
		}, []string{"a", "b", "c", "d", "e"}, 0},
		"twice": {func() {
			a, b := start("a"), start("b")
			b.End()
			b.End()
			c := start("c")
			b.End()
			c.End()
			a.End()
		}, []string{"a", "b", "c"}, 0},
		"forgotten in a WithRegion": {func() {
			alstrace.WithRegion("a", func() { start("b") })
		}, []string{"a", "b"}, 0},
		"forgotten in a bound function": {func() {
			forgets := als.Bind(func() { start("b") })
			a := start("a")
			forgets()
			a.End()
		}, []string{"a", "b"}, 0},
		"on another goroutine": {func() {
			a, b := start("a"), start("b")
			testkit.InGoroutine(func() {
				c := start("c")
				b.End()
				c.End()
			})
			a.End()
		}, []string{"a", "b", "c"}, 0},
		"forgotten": {func() { start("a") }, []string{"a"}, 1},
		"by a panic": {func() {
			defer func() { _ = recover() }()
			alstrace.WithRegion("a", func() { panic("x") })
		}, []string{"a"}, 0},
		"the zero Region": {func() { alstrace.Region{}.End() }, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, traced(t, c.fn))
			assert.Equal(t, c.regions, p.regions[""])
			assert.Equal(t, c.open, p.open[""])
		})
	}

	_, err := read(t, traced(t, func() {
		a, b := trace.StartRegion(context.Background(), "a"), trace.StartRegion(context.Background(), "b")
		a.End()
		b.End()
	}))
	assert.Error(t, err, "the control: regions that do not nest")
}

// Regions that are open when a trace begins or ends are in none, or in the one in which
// they began.
func TestRegionsAcrossTraces(t *testing.T) {
	testkit.InGoroutine(func() {
		var a, b alstrace.Region
		before := alstrace.StartRegion("before")
		first := traced(t, func() {
			before.End()
			a = alstrace.StartRegion("a")
			b = alstrace.StartRegion("b")
		})
		second := traced(t, func() {
			c := alstrace.StartRegion("c")
			b.End()
			a.End()
			c.End()
		})
		assert.Equal(t, []string{"a", "b"}, parse(t, first).regions[""])
		assert.Equal(t, []string{"c"}, parse(t, second).regions[""])
	})
}

// The same on one goroutine: its list of open regions then spans two traces.
func TestRegionsOfAGoroutineAcrossTraces(t *testing.T) {
	var a alstrace.Region
	testkit.InGoroutine(func() {
		_ = traced(t, func() {})
		name := filepath.Join(t.TempDir(), "trace")
		f, err := os.Create(name)
		require.NoError(t, err)
		require.NoError(t, trace.Start(f))
		a = alstrace.StartRegion("a")
		trace.Stop()
		require.NoError(t, f.Close())
		second := filepath.Join(t.TempDir(), "trace")
		f, err = os.Create(second)
		require.NoError(t, err)
		require.NoError(t, trace.Start(f))
		alstrace.StartRegion("b")
		a.End()
		alstrace.WithRegion("c", func() {})
		trace.Stop()
		require.NoError(t, f.Close())
		assert.Equal(t, 1, parse(t, name).open[""])
		assert.Equal(t, []string{"b", "c"}, parse(t, second).regions[""])
	})
}

func TestARegionCostsNothingWithoutATrace(t *testing.T) {
	if trace.IsEnabled() {
		t.Skip("the tests are being traced")
	}
	got := testing.AllocsPerRun(100, func() {
		defer alstrace.StartRegion("a").End()
		alstrace.WithRegion("b", func() {})
		alstrace.Log("c", "m")
	})
	if race.Enabled {
		t.Logf("%v allocations", got)
		return
	}
	assert.Zero(t, got)
}
