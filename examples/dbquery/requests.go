package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/seed-1938943e/goroutine/examples/internal/hooklog"
	"github.com/seed-1938943e/goroutine/hooks"
)

// A request is the store of a request.
type request struct {
	id   int
	user string
}

func (r request) String() string { return fmt.Sprintf("request %d of %s", r.id, r.user) }

// current is the request that the caller works for.
var current als.Storage[request]

// A service answers requests from a database.
type service struct {
	options
	db     *driver
	show   func(text string) // any number of goroutines may call it
	events []hooklog.Event   // of the hook, set at the end

	mu        sync.Mutex
	sightings []sighting
	queries   []*DBQuery // keeps them, so that the garbage collector does not destroy what -leak leaves
}

// drive serves one request in the wrong way and one in the right way, and prints their
// sightings. Then it serves as many as the options say, and checks all sightings.
func drive(o options, out io.Writer) (problems []string, err error) {
	wrong, err := serve(options{requests: 1, workers: o.workers, unscoped: true}, nil)
	if err != nil {
		return nil, err
	}
	wrong.part().Wrong(out, "the driver calls the callbacks as they are, and they seem to belong to the request that started it")

	var log cli.Part
	right, err := serve(options{requests: 1, workers: o.workers}, &log)
	if err != nil {
		return nil, err
	}
	log.Right(out, "the driver calls them with RunInAsyncScope of their DBQuery, whose events a hook logs")

	many, err := serve(o, nil)
	if err != nil {
		return nil, err
	}
	problems = append(right.problems(), many.problems()...)
	if len(wrong.problems()) == 0 {
		problems = append(problems, "the wrong way went right, so the check shows nothing")
	}
	fmt.Fprintf(out, "\nChecked with %d requests at the same time, %d queries, %d callbacks in %d goroutines, %d events: %s\n",
		o.requests, len(many.queries), len(many.sightings), goroutines(many.sightings), len(many.events),
		cli.Verdict(problems, "every callback saw its own request, and the log is balanced"))
	return problems, nil
}

// serve serves requests at the same time, and returns the service with their sightings.
// It adds the callbacks and the log of the hook to part, unless that is nil.
func serve(o options, part *cli.Part) (s *service, err error) {
	db, err := openDatabase(o.requests)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := db.close(); err == nil {
			err = closeErr
		}
	}()
	show := func(string) {}
	if part != nil {
		var mu sync.Mutex
		show = func(text string) {
			mu.Lock()
			defer mu.Unlock()
			part.Add(text, "")
		}
	}
	s = &service{options: o, show: show}
	current.Run(request{0, "no user"}, func() { s.db = newDriver(db.DB, o.workers) })

	log := hooklog.New(show, "REQUEST", "DBQuery")
	log.Start()
	var served sync.WaitGroup
	for i := 1; i <= o.requests; i++ {
		served.Add(1)
		//alsvet:ignore a request comes from outside
		go func() {
			defer served.Done()
			s.serve(request{i, userName(i)})
		}()
	}
	served.Wait()
	s.db.close() // also waits for the last events, which follow the callbacks
	log.Stop()
	if o.leak {
		s.closeLeaked()
	}
	s.events = log.Events()
	return s, nil
}

// problems returns the problems in the sightings and the log.
func (s *service) problems() []string {
	return append(check(s.sightings, s.requests), hooklog.Unbalanced(s.events)...)
}

// part returns the callbacks, and where each should have been.
func (s *service) part() *cli.Part {
	var p cli.Part
	for _, saw := range s.sightings {
		should := ""
		if saw.got != saw.want {
			should = saw.want.String()
		}
		p.Add(saw.String(), should)
	}
	return &p
}

// serve serves one request, as an async resource and with a store.
func (s *service) serve(r request) {
	resource := hooks.NewAsyncResource("REQUEST")
	defer resource.EmitDestroy()
	resource.RunInAsyncScope(func() {
		current.Run(r, func() { s.answer(r, resource.AsyncID()) })
	})
}

// answer asks two queries at a time, as one DBQuery, and a third one when the first
// is answered. The check compares the sightings with its parameters.
func (s *service) answer(r request, id hooks.ID) {
	var answered sync.WaitGroup
	answered.Add(3)

	q := s.newQuery()
	//alsvet:ignore getInfo runs it in the scope of the query
	q.getInfo(query{"select city from users where name = ?", []any{r.user}}, func(data row, err error) {
		defer answered.Done()
		s.see("city", r, q.AsyncID(), id, data, err)

		total := s.newQuery() // in the scope of q, so q is its cause
		//alsvet:ignore getInfo runs it in the scope of the query
		total.getInfo(query{"select count(*), sum(cents) from orders where user = ?", []any{r.user}}, func(data row, err error) {
			defer answered.Done()
			s.see("orders", r, total.AsyncID(), q.AsyncID(), data, err)
			s.close(total)
		})
	})
	//alsvet:ignore getInfo runs it in the scope of the query
	q.getInfo(query{"select code from vouchers where user = ?", []any{r.user}}, func(data row, err error) {
		defer answered.Done()
		s.see("voucher", r, q.AsyncID(), id, data, err)
	})
	answered.Wait()
	s.close(q)
}

func (s *service) newQuery() *DBQuery {
	q := newDBQuery(s.db)
	q.unscoped = s.unscoped
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries = append(s.queries, q)
	return q
}

func (s *service) close(q *DBQuery) {
	if s.leak {
		return
	}
	if err := q.close(); err != nil {
		panic(err) // closed twice: a mistake in this program
	}
}

// closeLeaked closes the queries that were left open on purpose, once the hook is
// disabled. Otherwise the garbage collector would destroy them while another is enabled.
func (s *service) closeLeaked() {
	for _, q := range s.queries {
		q.close()
	}
}

// see records the context that the caller is in, and the one that it should be in.
func (s *service) see(what string, r request, id, trigger hooks.ID, data row, err error) {
	got, ok := current.GetStore()
	saw := sighting{
		what: what,
		want: place{r, true, id, trigger},
		got:  place{got, ok, hooks.ExecutionAsyncID(), hooks.TriggerAsyncID()},
		data: answer(data, err), goroutine: goroutine.ID(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sightings = append(s.sightings, saw)
	s.show(saw.String())
}
