// Dbquery is Node's DBQuery: an object for a query whose callbacks run in the context of
// the request that asked, not in that of the driver's goroutine.
//
//	go run ./examples/dbquery
//
// fills a temporary SQLite database, and starts a driver of three goroutines in request
// 0, in whose context no callback must run. Each request sends three queries, one of
// them from a callback. First the driver calls the callbacks without a scope, and they
// run in the context of request 0. Then it calls them in the scope of their query, and a
// [hooks.Hook] logs the events of the request and the queries:
//
//	init     DBQuery 11, caused by 6                     goroutine 13
//	before   DBQuery 11                                  goroutine 10
//	callback city: in request 1 of user1, in 11, caused by 6: Lima (goroutine 10)
//	init     DBQuery 12, caused by 11                    goroutine 10
//	after    DBQuery 11                                  goroutine 10
//	...
//
// Then the program serves many requests at the same time. It checks that each callback
// sees the store of its request, the [hooks.ExecutionAsyncID] of its query, the creator
// of the query as [hooks.TriggerAsyncID], and the rows of its user. It also checks that
// the log is balanced: init, before, after and destroy for every request and query. If
// so, the exit status is 0. Otherwise it is 1, and the offending lines are shown.
//
//	go run ./examples/dbquery -unscoped
//	go run ./examples/dbquery -leak
//
// show that the check fails if callbacks are called without RunInAsyncScope, and if
// queries are not closed.
//
// # Node's example, part by part
//
// See https://nodejs.org/docs/latest-v18.x/api/async_context.html#new-asyncresourcetype-options.
//
//	class DBQuery extends AsyncResource    DBQuery, in query.go
//	super('DBQuery')                       newDBQuery
//	getInfo(query, callback)               DBQuery.getInfo
//	this.db.get                            driver.get, in driver.go
//	close()                                DBQuery.close
package main

import (
	"flag"
	"io"
	"os"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are those of the command line.
type options struct {
	requests, workers int

	unscoped bool // mistakes to make on purpose
	leak     bool
}

// run is the program. It must not run twice at a time, because hooks are called for
// the whole process.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	return cli.Program{
		Name:  "dbquery",
		Shows: "callbacks of queries belong to the request that asked, whichever goroutine of the driver has the answer",
		Flags: func(f *flag.FlagSet) {
			f.IntVar(&o.requests, "requests", 20, "how many requests there are in the check, all at the same time")
			f.IntVar(&o.workers, "workers", 3, "how many goroutines the driver has")
			f.BoolVar(&o.unscoped, "unscoped", false, "call callbacks without RunInAsyncScope on purpose, to see the check fail")
			f.BoolVar(&o.leak, "leak", false, "do not close queries on purpose, to see the check fail")
		},
		Check: func() error {
			if err := cli.InRange("requests", o.requests, 1, 1000); err != nil {
				return err
			}
			return cli.InRange("workers", o.workers, 1, 100)
		},
		Run: func(out io.Writer) ([]string, error) { return drive(o, out) },
	}.Main(args, stdout, stderr)
}
