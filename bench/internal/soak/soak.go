//alsvet:ignore the goroutines of a soak begin with the stores that it says, or with none
package soak

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/gls"
)

// Config configures a soak.
type Config struct {
	For  time.Duration
	Seed uint64
	Log  io.Writer // for faults
}

// A Result has the counts of a soak.
type Result struct {
	Seconds    int64
	Operations int64 // steps and reads
	Goroutines int64
	Requests   int64 // over HTTP
	Losses     int64 // reported by TraceLoss: without inheritance plain go statements lose stores
	Events     int64 // of hooks
	WrongReads int64 // reads that found another goroutine's store, or an ended one
	LostStores int64 // reads that did not find the goroutine's store
	Failures   int64 // other faults
	BytesLeft  int64 // of heap more than after the warm-up; at most [MostBytesLeft]
}

// numbers are the fields by their names in the output.
func (r *Result) numbers() []figure {
	return []figure{
		{"seconds", &r.Seconds},
		{"operations", &r.Operations},
		{"goroutines", &r.Goroutines},
		{"requests", &r.Requests},
		{"losses_reported", &r.Losses},
		{"hook_events", &r.Events},
		{"failures", &r.Failures},
		{"wrong_reads", &r.WrongReads},
		{"lost_stores", &r.LostStores},
		{"bytes_left", &r.BytesLeft},
	}
}

type figure struct {
	key   string
	value *int64
}

// Print writes a line key=value for each number, with a prefix before the key.
func (r Result) Print(w io.Writer, prefix string) error {
	for _, n := range r.numbers() {
		if _, err := fmt.Fprintf(w, "%s%s=%d\n", prefix, n.key, *n.value); err != nil {
			return err
		}
	}
	return nil
}

// Parse reads the lines that Print has written with a prefix, among other lines.
func Parse(text, prefix string) (r Result, err error) {
	for _, n := range r.numbers() {
		_, after, found := strings.Cut("\n"+text, "\n"+prefix+n.key+"=")
		if !found {
			return r, fmt.Errorf("no line %s%s=", prefix, n.key)
		}
		value, _, _ := strings.Cut(after, "\n")
		if *n.value, err = strconv.ParseInt(value, 10, 64); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Add returns the sum of two results.
func (r Result) Add(other Result) Result {
	theirs := other.numbers()
	for i, n := range r.numbers() {
		*n.value += *theirs[i].value
	}
	return r
}

// MostBytesLeft is the limit of BytesLeft for each program. Chance differences, by pools
// and the runtime's lists, are smaller.
const MostBytesLeft = 1 << 20

// Err returns nil if there is no fault.
func (r Result) Err() error {
	var errs []error
	for _, f := range []struct {
		found, most int64
		what        string
	}{
		{r.WrongReads, 0, "wrong reads"},
		{r.LostStores, 0, "lost stores"},
		{r.Failures, 0, "other failures"},
		{r.BytesLeft, MostBytesLeft, "bytes left above the start"},
	} {
		if f.found > f.most {
			errs = append(errs, fmt.Errorf("soak: %d %s, want at most %d", f.found, f.what, f.most))
		}
	}
	return errors.Join(errs...)
}

// A world has the data that the goroutines share.
type world struct {
	Config
	inherit   bool
	subjects  []subject
	disablers []disabler // of each subject
	table     gls.Table[uint64]
	variable  gls.Local[uint64]
	web       *web
	logger    *slog.Logger
	tasks     chan func() // for the pool
	garbage   atomic.Pointer[[1 << 14]*byte]

	live sync.WaitGroup
	room chan struct{} // has an element for each goroutine that runs detached

	operations, requests, losses, events atomic.Int64
	wrong, lost, failed                  atomic.Int64
	goroutines                           atomic.Uint64
	reported                             atomic.Int64
}

const (
	crowd   = 2000 // detached goroutines at once, for which their starter does not wait
	workers = 8    // goroutines that start others and wait for them
	pooled  = 4
)

// enlist counts one more detached goroutine. It returns false if there are enough.
func (w *world) enlist() bool {
	select {
	case w.room <- struct{}{}:
		w.live.Add(1)
		return true
	default:
		return false
	}
}

func (w *world) discharge() {
	<-w.room
	w.live.Done()
}

// kind returns the counter of a fault by the value that was found; 0 is a lost store.
func (w *world) kind(found uint64) *atomic.Int64 {
	if found == 0 {
		return &w.lost
	}
	return &w.wrong
}

// enough is the number of faults that are printed.
const enough = 20

func (w *world) report(count *atomic.Int64, text string) {
	count.Add(1)
	if w.reported.Add(1) <= enough {
		fmt.Fprintf(w.Log, "soak: seed %d: %s\n", w.Seed, text)
	}
}

// Run runs the soak for as long as it is configured to.
func Run(c Config) (Result, error) { return run(c, newSubjects()) }

func run(c Config, subjects []subject) (r Result, err error) {
	w := &world{
		Config:    c,
		inherit:   ops.Inherits(),
		subjects:  subjects,
		disablers: make([]disabler, len(subjects)),
		logger:    newLogger(subjects[0]),
		tasks:     make(chan func()),
		room:      make(chan struct{}, crowd),
	}
	ops.WithHooks(func() { r, err = w.soak() })
	return r, err
}

func (w *world) soak() (r Result, err error) {
	if w.web, err = w.serve(); err != nil {
		return Result{}, err
	}
	defer w.web.close()
	for range pooled {
		go func() {
			for task := range w.tasks {
				task()
			}
		}()
	}
	defer close(w.tasks)

	begin := time.Now()
	// The warm-up fills pools and starts as many goroutines as may run at once.
	w.fill()
	w.round(min(w.For/4, 5*time.Second))
	start := w.heap()
	for measured := false; !measured || time.Since(begin) < w.For; measured = true {
		// At least a quarter, even if the warm-up took all of the time on a busy machine.
		w.round(min(max(w.For-time.Since(begin), w.For/4), 10*time.Second))
	}
	left := w.heap() - start
	return Result{
		Seconds:    int64(time.Since(begin).Seconds()),
		Operations: w.operations.Load(),
		Goroutines: int64(w.goroutines.Load()),
		Requests:   w.requests.Load(),
		Losses:     w.losses.Load(),
		Events:     w.events.Load(),
		WrongReads: w.wrong.Load(),
		LostStores: w.lost.Load(),
		Failures:   w.failed.Load(),
		BytesLeft:  left,
	}, nil
}

// fill starts as many goroutines as may run at once, and ends them.
func (w *world) fill() {
	end := make(chan struct{})
	for w.enlist() {
		go func() {
			defer w.discharge()
			<-end
		}()
	}
	close(end)
	w.live.Wait()
}

// round runs everything for d and waits until every goroutine has ended.
func (w *world) round(d time.Duration) {
	release := w.press()
	end := time.Now().Add(d)
	var working sync.WaitGroup
	for i := range workers {
		working.Add(1)
		go func() {
			defer working.Done()
			for n := i; time.Now().Before(end); n++ {
				root := w.newGoroutine(make([]*grant, len(w.subjects)))
				start := als.Go
				if n%2 == 0 {
					start = func(fn func()) { go fn() }
				}
				done := make(chan struct{})
				start(func() { defer close(done); root.body(5) })
				<-done
			}
		}()
	}
	late := time.AfterFunc(d+patience, w.stuck)
	working.Wait()
	release()
	w.live.Wait()
	late.Stop()
	w.web.base.CloseIdleConnections()
}

// patience is how long goroutines may take to end.
const patience = 2 * time.Minute

// stuck ends the program with the stacks of the goroutines that do not end.
func (w *world) stuck() {
	fmt.Fprintf(w.Log, "soak: seed %d: goroutines do not end\n", w.Seed)
	_ = pprof.Lookup("goroutine").WriteTo(w.Log, 1)
	panic("soak: goroutines do not end")
}

// heap returns the bytes of the heap in use without garbage.
func (w *world) heap() int64 {
	w.garbage.Store(nil)
	least := int64(1 << 62)
	for range 10 {
		debug.FreeOSMemory() // collects, and sweeps everything
		runtime.Gosched()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		least = min(least, int64(m.HeapAlloc))
	}
	return least
}
