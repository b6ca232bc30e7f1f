package main

import "github.com/seed-1938943e/goroutine/hooks"

// A DBQuery is an async resource: its callbacks run in the context in which it was
// created.
type DBQuery struct {
	*hooks.AsyncResource
	db       *driver
	unscoped bool // a mistake to make on purpose
}

func newDBQuery(db *driver) *DBQuery {
	return &DBQuery{AsyncResource: hooks.NewAsyncResource("DBQuery"), db: db}
}

// getInfo returns at once. The callback is called by a goroutine of the driver.
func (q *DBQuery) getInfo(query query, callback func(data row, err error)) {
	if q.unscoped {
		q.db.get(query, callback)
		return
	}
	q.db.get(query, func(data row, err error) {
		q.RunInAsyncScope(func() { callback(data, err) })
	})
}

// close may be called in a callback, too. Destroy is then emitted after it.
func (q *DBQuery) close() error {
	q.db = nil
	return q.EmitDestroy()
}
