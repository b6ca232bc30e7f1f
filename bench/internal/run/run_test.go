package run

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/child"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// TestMain lets the test binary be the children that a run starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == child.Argument {
		if err := child.Serve(); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// steps counts what a progress bar would show.
type steps struct{ total, done int }

func (s *steps) Total(n int)  { s.total = n }
func (s *steps) Begin(string) {}
func (s *steps) Step()        { s.done++ }

func TestARunOfEachKindOfRow(t *testing.T) {
	p := Short
	p.Rounds, p.Slice, p.Requests, p.Parked, p.Parkings = 2, time.Microsecond, 20, 100, 1
	p.MaxCrowd = 10
	p.Filter = regexp.MustCompile(`^(read/store=none|table/op=load|crowd/op=read|server/p50|memory/inside=Run|hooks/op=als.Go|js/read)$|goroutines=1$`)
	progress := new(steps)
	r, err := Do(p, progress)
	require.NoError(t, err)
	assert.Equal(t, progress.total, progress.done, "the bar is full at the end")

	var names []string
	for _, q := range r.Questions {
		names = append(names, q.Name)
	}
	if names[len(names)-1] == "js" { // where there is node or bun
		names = names[:len(names)-1]
	}
	assert.Equal(t, []string{"read", "hooks", "server", "table", "crowd", "memory"}, names)
	for _, name := range []string{"server/p50", "memory/inside=Run", "hooks/op=als.Go"} {
		_, ok := r.Row(name)
		assert.True(t, ok, name)
	}
	_, ok := r.Row("server/p99")
	assert.False(t, ok, "the filter leaves it out")
	assert.NotEmpty(t, r.Systems)
}

func TestNothingToMeasure(t *testing.T) {
	p := Short
	p.Filter = regexp.MustCompile("^$")
	_, err := Do(p, new(steps))
	assert.ErrorIs(t, err, ErrNothing)
}

func TestExamineLeavesOutASlowOperation(t *testing.T) {
	questions := ops.Questions(1)
	var rows []ops.Row
	for _, q := range questions {
		for _, r := range q.Rows {
			if r.Name == "nesting/depth=1000" {
				rows = append(rows, r)
			}
		}
	}
	require.Len(t, rows, 1)
	h := newHealth()
	h.try(ops.Jtolds, []ops.Question{{Rows: rows}}, time.Second)
	assert.Contains(t, h.broken("nesting/depth=1000", ops.Jtolds), "too slow")
	assert.Empty(t, h.broken("nesting/depth=1000", ops.ALS))
}

func TestATrialWithoutACrowdCountsForRowsWithOne(t *testing.T) {
	h := &health{rows: map[string]map[ops.System]string{"crowd/op=read/goroutines=1": {ops.Jtolds: "crashes"}}}
	assert.Equal(t, "crashes", h.broken("crowd/op=read/goroutines=1000000", ops.Jtolds))
	assert.Empty(t, h.broken("crowd/op=enter/goroutines=1000000", ops.Jtolds))
}

func TestOthersAreTheSystemsOfOtherModules(t *testing.T) {
	assert.Equal(t, []ops.System{ops.GoidMap, ops.Haxmap, ops.Jtolds, ops.ModernGo, ops.Routine, ops.Xsync}, others())
}

func TestFirstError(t *testing.T) {
	out := "go: downloading x v1\n# github.com/x/y\n./y.go:3:2: undefined: z\nmore\n"
	assert.Equal(t, "./y.go:3:2: undefined: z", firstError([]byte(out), errors.New("exit status 1")))
	assert.Equal(t, "exit status 1", firstError(nil, errors.New("exit status 1")))
}

func TestTheOrderHasAllSystems(t *testing.T) {
	for s := range ops.Peers {
		assert.Contains(t, order, s)
	}
	assert.Len(t, order, len(ops.Peers))
}

func TestTheProgramWithInheritanceIsBuiltFromAnyDirectory(t *testing.T) {
	if _, file, _, _ := runtime.Caller(0); !filepath.IsAbs(file) {
		t.Skip("compiled with -trimpath")
	}
	t.Chdir(t.TempDir())
	assert.NoError(t, BuildInherited(filepath.Join(t.TempDir(), "inherited.exe")))
}
