package measure

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// LeastRounds is the least number of rounds that gives quartiles.
const LeastRounds = 10

// Options say how to measure.
type Options struct {
	Rounds int
	Slice  time.Duration // of a turn, about

	// Start prepares an operation. nil is [Start], which runs it in this process. A
	// system with an error is left out, and the error is the reason.
	Start func(row ops.Row, i ops.Impl) (Turn, error)

	// Broken returns why a system must not be measured in a row, "" if it may be.
	Broken func(row string, system ops.System) string
}

// longer is how many times longer the turns of a row are in which a system allocates, so
// that the collector works in every turn. With turns of 1 ms it worked in every third, and
// the medians of Bind in several runs were 0.9 to 1.4, instead of 1.1 to 1.2 now.
const longer = 5

// tooSlow is the most that one operation may take; a slower one is left out.
const tooSlow = 500 * time.Millisecond

// A player is a system in a row.
type player struct {
	system ops.System
	turn   Turn
	n      int
	cost   Cost      // of one operation
	times  []float64 // ns per operation, by round
	absent string
}

// Row measures a row: all its systems in turn, round after round.
func Row(row ops.Row, o Options) result.Row {
	if row.Procs > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(row.Procs))
	}
	var players []*player
	for _, i := range row.Impls {
		p := &player{system: i.System}
		players = append(players, p)
		if o.Broken != nil {
			p.absent = o.Broken(row.Name, i.System)
		}
		if p.absent != "" {
			continue
		}
		t, err := o.start(row, i)
		if err != nil {
			p.absent = err.Error()
			continue
		}
		p.turn = t
		defer p.turn.End()
		p.calibrate(o.Slice)
		p.weigh()
	}
	if slices.ContainsFunc(players, func(p *player) bool { return p.cost.Allocs > 0.5 }) {
		for _, p := range players {
			p.n *= longer
		}
	}
	for range o.Rounds {
		for _, p := range players {
			p.round()
		}
	}
	for _, p := range players {
		p.weigh() // again: some allocate only at first
	}
	out := result.Row{Name: row.Name, Label: row.Label, Against: row.Against, Unit: "ns"}
	for i, p := range players {
		out.Cells = append(out.Cells, p.cell(players[0], i == 0))
	}
	return out
}

func (o Options) start(row ops.Row, i ops.Impl) (Turn, error) {
	if o.Start == nil {
		return Start(i), nil
	}
	return o.Start(row, i)
}

// calibrate finds out how often to repeat the operation for a slice of time.
func (p *player) calibrate(slice time.Duration) {
	for p.n = 1; ; p.n *= 2 {
		d, err := p.turn.Time(p.n)
		switch {
		case err != nil:
			p.absent = err.Error()
			return
		case p.n == 1 && d > tooSlow:
			p.absent = fmt.Sprintf("too slow, one takes %v", d.Round(time.Millisecond))
			return
		case d >= slice:
			return
		}
	}
}

func (p *player) round() {
	if p.absent != "" {
		return
	}
	d, err := p.turn.Time(p.n)
	if err != nil {
		p.absent = err.Error()
		return
	}
	p.times = append(p.times, float64(d)/float64(p.n))
}

// weigh counts the allocations of an operation.
func (p *player) weigh() {
	if p.absent != "" {
		return
	}
	var err error
	if p.cost, err = p.turn.Cost(p.n); err != nil {
		p.absent = err.Error()
	}
}

func (p *player) cell(baseline *player, isBaseline bool) result.Cell {
	if p.absent != "" {
		return result.Cell{System: string(p.system), Absent: p.absent}
	}
	c := result.Cell{System: string(p.system), Allocs: rounded(p.cost.Allocs), Bytes: rounded(p.cost.Bytes)}
	if !isBaseline && baseline.absent == "" {
		s := result.NewSpread(result.Ratios(p.times, baseline.times))
		c.Ratio = &s
	}
	c.Value = result.NewSpread(p.times)
	return c
}

// rounded rounds the runtime's own allocations away.
func rounded(x float64) *float64 {
	x = math.Round(x*10) / 10
	return &x
}
