package measure

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// script is a Turn whose times are given, so that no test depends on a clock.
type script struct {
	each  time.Duration
	cost  Cost
	err   error
	log   *[]string
	name  string
	ended bool
	last  int // iterations of the last turn
}

func (s *script) Time(n int) (time.Duration, error) {
	*s.log = append(*s.log, s.name)
	s.last = n
	return time.Duration(n) * s.each, s.err
}
func (s *script) Cost(int) (Cost, error) { return s.cost, s.err }
func (s *script) End()                   { s.ended = true }

func TestRowTakesTurns(t *testing.T) {
	var log []string
	turns := map[ops.System]*script{
		"base": {each: 4 * time.Nanosecond, cost: Cost{1, 48}, log: &log, name: "A"},
		"us":   {each: 2 * time.Nanosecond, cost: Cost{0.01, 0}, log: &log, name: "B"},
		"dies": {each: time.Nanosecond, err: errors.New("crashes: on purpose"), log: &log, name: "C"},
		"slow": {each: time.Second, log: &log, name: "D"},
	}
	row := Row(ops.Row{Name: "r", Impls: []ops.Impl{
		{System: "base"}, {System: "us"}, {System: "dies"}, {System: "slow"}, {System: "known"}, {System: "gone"},
	}}, Options{
		Rounds: 3, Slice: time.Microsecond,
		Start: func(_ ops.Row, i ops.Impl) (Turn, error) {
			if turn, ok := turns[i.System]; ok {
				return turn, nil
			}
			return nil, errors.New("not here")
		},
		Broken: func(row string, s ops.System) string {
			if row == "r" && s == "known" {
				return "crashes: fatal error"
			}
			return ""
		},
	})

	require.GreaterOrEqual(t, len(log), 6)
	assert.Equal(t, []string{"A", "B", "A", "B", "A", "B"}, log[len(log)-6:], "the rounds")
	require.Len(t, row.Cells, 6)
	assert.InDelta(t, 4, row.Cells[0].Value.Median, 1e-9)
	assert.Nil(t, row.Cells[0].Ratio, "the baseline's own")
	assert.InDelta(t, 0.5, row.Cells[1].Ratio.Median, 1e-9)
	assert.Equal(t, 3, row.Cells[1].Ratio.N)
	assert.Zero(t, *row.Cells[1].Allocs, "the runtime's own allocations are rounded away")
	assert.InDelta(t, 48, *row.Cells[0].Bytes, 1e-9)
	assert.Equal(t, "crashes: on purpose", row.Cells[2].Absent)
	assert.Contains(t, row.Cells[3].Absent, "too slow")
	assert.Equal(t, "crashes: fatal error", row.Cells[4].Absent)
	assert.Equal(t, "not here", row.Cells[5].Absent)
	for s, turn := range turns {
		assert.Truef(t, turn.ended, "%s was left open", s)
	}
}

func TestTurnsAreLongerWhereASystemAllocates(t *testing.T) {
	lasts := func(cost Cost) []int {
		var log []string
		base, us := &script{each: time.Nanosecond, log: &log}, &script{each: 2 * time.Nanosecond, cost: cost, log: &log}
		Row(ops.Row{Impls: []ops.Impl{{System: "base"}, {System: "us"}}}, Options{
			Rounds: 1, Slice: time.Microsecond,
			Start: func(_ ops.Row, i ops.Impl) (Turn, error) {
				return map[ops.System]*script{"base": base, "us": us}[i.System], nil
			},
		})
		return []int{base.last, us.last}
	}
	assert.Equal(t, []int{1024, 512}, lasts(Cost{Allocs: 0.1}))
	assert.Equal(t, []int{longer * 1024, longer * 512}, lasts(Cost{Allocs: 1}))
}

func TestATurnRunsInsideAround(t *testing.T) {
	var inside, outside bool
	var loops, times int
	turn := Start(ops.Impl{
		Around: func(f func()) {
			inside = true
			f()
			outside = true
		},
		Loop: func(n int) {
			loops += n
			times++
			assert.True(t, inside && !outside)
		},
	})
	_, err := turn.Time(5)
	require.NoError(t, err)
	_, err = turn.Cost(2)
	require.NoError(t, err)
	turn.End()
	assert.True(t, outside)
	assert.Equal(t, 7, loops)
	assert.Equal(t, 2, times)
}

func TestCostCountsAllocations(t *testing.T) {
	var sink []byte
	turn := Start(ops.Impl{Loop: func(n int) {
		for range n {
			sink = make([]byte, 1024)
		}
	}})
	defer turn.End()
	c, err := turn.Cost(1000)
	require.NoError(t, err)
	assert.InDelta(t, 1, c.Allocs, 0.5)
	assert.InDelta(t, 1024, c.Bytes, 512)
	_ = sink
}

func TestCrowdHoldsUntilReleased(t *testing.T) {
	var holding atomic.Int64
	hold := func(wait func()) {
		holding.Add(1)
		wait()
		holding.Add(-1)
	}
	release := Crowd(100, []ops.Impl{{Hold: hold}, {Hold: hold}, {}})
	assert.EqualValues(t, 200, holding.Load())
	release()
	assert.Zero(t, holding.Load())
}

func TestParkSeesMemory(t *testing.T) {
	// A thousand goroutines hold 64 KiB each: far above the runtime's own allocations.
	bytes := Park(ops.Impl{Hold: func(wait func()) {
		b := make([]byte, 64<<10)
		wait()
		b[0] = 1
		sink.Store(&b)
	}}, 1000, 3)
	require.Len(t, bytes, 3)
	for _, b := range bytes {
		assert.InDelta(t, 64<<10, b, 8<<10)
	}
}

var sink atomic.Pointer[[]byte]
