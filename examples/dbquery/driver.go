package main

import (
	"database/sql"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A query is SQL and what its placeholders stand for.
type query struct {
	text string
	args []any
}

// A row is the answer to a query, as Node's db.get has it: one row, or none.
type row []any

// A driver answers queries in a few goroutines that all callers share. It knows
// nothing of async resources: it is the library that one has to live with.
//
// Its goroutines are started with als.Go, so each has the stores of the caller that started
// the driver for as long as it lives. That is the hard case. With a plain go
// statement they would have none, and a callback without a scope would see none.
type driver struct {
	db    *sql.DB
	ended sync.WaitGroup

	mu     sync.Mutex
	wake   sync.Cond // on mu: there is more in jobs, or closed was set
	jobs   []job     // has no limit, so that a callback can ask, too
	closed bool
}

type job struct {
	query    query
	callback func(row, error)
}

func newDriver(db *sql.DB, workers int) *driver {
	d := &driver{db: db}
	d.wake.L = &d.mu
	d.ended.Add(workers)
	for range workers {
		//alsvet:ignore this is the hard case: a driver whose goroutines keep the stores of its starter
		als.Go(d.work)
	}
	return d
}

// get asks for the first row. The callback is called with it or an error, for which
// sql.ErrNoRows is one, by one of the driver's goroutines.
func (d *driver) get(q query, callback func(row, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.jobs = append(d.jobs, job{q, callback})
	d.wake.Signal()
}

func (d *driver) work() {
	defer d.ended.Done()
	for {
		j, ok := d.next()
		if !ok {
			return
		}
		j.callback(d.first(j.query))
	}
}

func (d *driver) next() (job, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.jobs) == 0 && !d.closed {
		d.wake.Wait()
	}
	if len(d.jobs) == 0 {
		return job{}, false
	}
	j := d.jobs[0]
	d.jobs = d.jobs[1:]
	return j, true
}

func (d *driver) first(q query) (row, error) {
	rows, err := d.db.Query(q.text, q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, err
		}
		return nil, sql.ErrNoRows
	}
	data, into := make(row, len(columns)), make([]any, len(columns))
	for i := range data {
		into[i] = &data[i]
	}
	return data, rows.Scan(into...)
}

// close waits until the queries are answered and the goroutines have ended.
func (d *driver) close() {
	d.mu.Lock()
	d.closed = true
	d.wake.Broadcast()
	d.mu.Unlock()
	d.ended.Wait()
}
