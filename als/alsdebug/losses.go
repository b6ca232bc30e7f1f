package alsdebug

import (
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// maxLosses is how many losses are kept. TraceLoss reports each place once.
const maxLosses = 200

// losses collects the reports of TraceLoss since it was turned on.
type losses struct {
	mu      sync.Mutex
	stop    func() // nil while it is off
	since   time.Time
	found   []lossRow
	dropped int
}

// A lossReport is the part of a list about losses.
type lossReport struct {
	On      bool      `json:"on"`
	Since   time.Time `json:"since,omitzero"`
	Found   []lossRow `json:"found"`
	Dropped int       `json:"dropped"`
}

// A lossRow is a loss, cut to what can be shown.
type lossRow struct {
	At        time.Time `json:"at"`
	Storage   string    `json:"storage"`
	Type      string    `json:"type"`
	Read      string    `json:"read"`
	Go        string    `json:"go"`
	Goroutine uint64    `json:"goroutine"`
	Creator   uint64    `json:"creator"`
	Cause     string    `json:"cause"`
}

// start begins a new list of losses. It does nothing while tracing is on.
func (l *losses) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		return
	}
	l.since, l.found, l.dropped = time.Now(), nil, 0
	l.stop = als.TraceLoss(l.add)
}

// end stops tracing and keeps the list.
func (l *losses) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		l.stop()
		l.stop = nil
	}
}

// add records a loss. The goroutine whose read found no store calls it.
func (l *losses) add(loss als.Loss) {
	row := lossRow{
		At: time.Now(), Storage: short(loss.Storage), Type: short(loss.Type),
		Read: short(loss.Read.String()), Go: short(loss.Go.String()),
		Goroutine: loss.Goroutine, Creator: loss.Creator, Cause: loss.Cause.String(),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.found) == maxLosses {
		l.dropped++
		return
	}
	l.found = append(l.found, row)
}

// report returns the losses, the newest first.
func (l *losses) report() lossReport {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := lossReport{On: l.stop != nil, Since: l.since, Found: []lossRow{}, Dropped: l.dropped}
	for i := len(l.found) - 1; i >= 0; i-- {
		r.Found = append(r.Found, l.found[i])
	}
	return r
}
