package main

import (
	"database/sql"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A query is SQL with the values of its placeholders.
type query struct {
	text string
	args []any
}

// A row is the answer to a query: one row or none, as for Node's db.get.
type row []any

// A driver answers queries in a few goroutines that all callers share. It stands for a
// library without async resources.
//
// als.Go starts its goroutines, so each keeps the stores of the caller that started the
// driver. That is the hard case: started with a plain go statement they, and callbacks
// without a scope, would have no stores.
type driver struct {
	db    *sql.DB
	ended sync.WaitGroup

	mu     sync.Mutex
	wake   sync.Cond // on mu: a job was added, or closed was set
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

// get asks for the first row. One of the driver's goroutines calls the callback, with the
// row or an error such as sql.ErrNoRows.
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

// close waits until the queries are answered and the goroutines have exited.
func (d *driver) close() {
	d.mu.Lock()
	d.closed = true
	d.wake.Broadcast()
	d.mu.Unlock()
	d.ended.Wait()
}
