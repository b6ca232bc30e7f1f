// Package run takes all the measurements of a report, one after the other.
package run

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/child"
	"github.com/seed-1938943e/goroutine/bench/internal/js"
	"github.com/seed-1938943e/goroutine/bench/internal/measure"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
	"github.com/seed-1938943e/goroutine/bench/internal/server"
)

// A Plan says which rows to measure and how long.
type Plan struct {
	Rounds   int
	Slice    time.Duration  // of a system's turn
	Filter   *regexp.Regexp // of the names of rows; nil is all
	Systems  []ops.System   // without the baselines; nil is all
	MaxCrowd int
	Requests int           // of a server's turn
	Parked   int           // goroutines of a measurement of memory
	Parkings int           // rounds of the measurement of memory
	Patience time.Duration // for one operation of a library, before it is left out
	Short    bool
}

// Full is the plan of a whole run.
var Full = Plan{
	Rounds: 41, Slice: time.Millisecond, MaxCrowd: 1_000_000,
	Requests: 2000, Parked: 100_000, Parkings: 5, Patience: 3 * time.Second,
}

// Short is the plan of a run that takes less than a minute.
var Short = Plan{
	Rounds: 11, Slice: time.Millisecond, MaxCrowd: 100_000,
	Requests: 1000, Parked: 20_000, Parkings: 3, Patience: time.Second, Short: true,
}

// A Progress is called as the run advances.
type Progress interface {
	Total(steps int)
	Begin(what string) // the next step
	Step()
}

// hung is the timeout of our own work in another process. On a very busy machine the
// work takes a minute.
const hung = 15 * time.Minute

// ErrNothing is returned by Do if the plan has no rows.
var ErrNothing = errors.New("no row has a name that matches")

// Gate is the plan of the gate. Its turns are short, so that most are not interrupted
// even if a build uses all processors, and its rounds are many.
var Gate = Plan{
	Rounds: 151, Slice: 300 * time.Microsecond, MaxCrowd: 100_000,
	Requests: 1000, Parked: 100_000, Parkings: 3, Patience: time.Second,
}

// A session is a run in progress.
type session struct {
	plan      Plan
	progress  Progress
	report    *result.Report
	health    *health
	inherited *child.Process // nil if there is none
}

// Do takes the measurements of a plan.
func Do(p Plan, progress Progress) (*result.Report, error) {
	s := &session{plan: p, progress: progress, report: &result.Report{
		Machine: machine(), Date: time.Now().UTC().Truncate(time.Second), Rounds: p.Rounds, Short: p.Short,
	}}
	questions := s.selected(ops.Questions(min(p.MaxCrowd, affordable())))
	parked := s.selected([]ops.Question{{Rows: ops.Parked()}})
	total := 0
	for _, q := range append(questions, parked...) {
		total += len(q.Rows)
	}
	withServer := s.wants(server.Names()...)
	withJS := s.wants(js.Names()...)
	if withServer {
		total += p.Rounds
	}
	if withJS {
		total++
	}
	if total == 0 {
		return nil, fmt.Errorf("%w %q", ErrNothing, p.Filter)
	}
	progress.Total(total + 1)

	progress.Begin("trials")
	s.health = examine(questions, p.Patience)
	if ops.Uses(questions, ops.Inherit) {
		inherited, why := startInherited()
		if inherited != nil {
			defer inherited.Close()
			s.inherited = inherited
		}
		s.health.note(ops.Inherit, why)
	}
	progress.Step()

	for _, q := range questions {
		if q.Name == "table" && withServer { // before the crowds
			if err := s.server(); err != nil {
				return nil, err
			}
			withServer = false
		}
		s.question(q)
	}
	if withServer {
		if err := s.server(); err != nil {
			return nil, err
		}
	}
	if len(parked) > 0 {
		if err := s.memory(parked[0].Rows); err != nil {
			return nil, err
		}
	}
	if withJS {
		s.languages()
	}
	s.report.Systems = s.systems()
	return s.report, nil
}

func (s *session) wants(rows ...string) bool {
	for _, name := range rows {
		if s.plan.Filter == nil || s.plan.Filter.MatchString(name) {
			return true
		}
	}
	return false
}

// selected returns the questions with the rows that the filter matches.
func (s *session) selected(all []ops.Question) (some []ops.Question) {
	for _, q := range all {
		var rows []ops.Row
		for _, r := range q.Rows {
			if s.wants(r.Name) {
				r.Impls = s.chosen(r.Impls)
				rows = append(rows, r)
			}
		}
		if q.Rows = rows; len(rows) > 0 {
			some = append(some, q)
		}
	}
	return some
}

// chosen returns the baseline and the implementations of the plan's systems.
func (s *session) chosen(impls []ops.Impl) (some []ops.Impl) {
	for n, i := range impls {
		if n == 0 || s.plan.Systems == nil || slices.Contains(s.plan.Systems, i.System) {
			some = append(some, i)
		}
	}
	return some
}

func (s *session) question(q ops.Question) {
	out := result.Question{Name: q.Name, Title: q.Title, About: q.About}
	for _, r := range q.Rows {
		s.progress.Begin(r.Name)
		r.Impls = s.present(r.Impls)
		release := func() {}
		if r.Crowd > 0 {
			release = measure.Crowd(r.Crowd, s.alive(r))
		}
		out.Rows = append(out.Rows, measure.Row(r, measure.Options{
			Rounds: s.plan.Rounds, Slice: s.plan.Slice, Start: s.start, Broken: s.health.broken,
		}))
		release()
		s.progress.Step()
	}
	s.report.Questions = append(s.report.Questions, out)
}

// present leaves out als/inherit if its process could not be started.
func (s *session) present(impls []ops.Impl) (some []ops.Impl) {
	for _, i := range impls {
		if i.System != ops.Inherit || s.inherited != nil {
			some = append(some, i)
		}
	}
	return some
}

// alive returns the implementations that did not fail their trial.
func (s *session) alive(r ops.Row) (some []ops.Impl) {
	for _, i := range r.Impls {
		if s.health.broken(r.Name, i.System) == "" {
			some = append(some, i)
		}
	}
	return some
}

func (s *session) start(r ops.Row, i ops.Impl) (measure.Turn, error) {
	if i.System == ops.Inherit {
		return s.inherited.Turn(child.Operation{Row: r.Name, System: i.System})
	}
	return measure.Start(i), nil
}

func (s *session) server() error {
	s.progress.Begin("server")
	clients, err := child.Start("")
	if err != nil {
		return err
	}
	defer clients.Close()
	rows, err := server.Compare(func(l server.Load) (stats server.Stats, err error) {
		err = clients.Call("Drive", l, &stats, hung)
		return stats, err
	}, s.plan.Rounds, s.plan.Requests, s.progress.Step)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	q := result.Question{Name: "server", Title: "A server", About: "The same JSON service over net/http, once with a context.Context in every signature, once with als; both versions take turns. Clients in another process send requests over kept connections, each after the answer to the last. A request logs through its own logger, looks up the user, and starts two to four goroutines. The counts are of the server's process."}
	for _, r := range rows {
		if s.wants(r.Name) {
			q.Rows = append(q.Rows, r)
		}
	}
	s.report.Questions = append(s.report.Questions, q)
	return nil
}

// memory measures each system in a process of its own, so that the garbage of one is
// not counted for the next.
func (s *session) memory(rows []ops.Row) error {
	q := result.Question{Name: "memory", Title: "Memory per goroutine", About: fmt.Sprintf("How much more heap and stack a goroutine takes that is parked with a value than one that is parked without, measured with %d goroutines.", s.plan.Parked)}
	for _, r := range rows {
		s.progress.Begin(r.Name)
		out := result.Row{Name: r.Name, Label: r.Label, Against: r.Against, Unit: "B"}
		for _, i := range r.Impls {
			p, err := child.Start("", "GODEBUG="+measure.StackSetting)
			if err != nil {
				return err
			}
			var bytes []float64
			err = p.Call("Park", child.Parking{
				Operation:  child.Operation{Row: r.Name, System: i.System},
				Goroutines: s.plan.Parked, Rounds: s.plan.Parkings,
			}, &bytes, hung)
			p.Close()
			c := result.Cell{System: string(i.System), Value: result.NewSpread(bytes)}
			if err != nil {
				c.Absent = err.Error()
			}
			out.Cells = append(out.Cells, c)
		}
		q.Rows = append(q.Rows, out)
		s.progress.Step()
	}
	s.report.Questions = append(s.report.Questions, q)
	return nil
}

func (s *session) languages() {
	s.progress.Begin("other languages")
	q := js.Question(s.plan.Short, s.report)
	if len(q.Rows) > 0 {
		var rows []result.Row
		for _, r := range q.Rows {
			if s.wants(r.Name) {
				rows = append(rows, r)
			}
		}
		q.Rows = rows
		s.report.Questions = append(s.report.Questions, q)
	}
	s.progress.Step()
}
