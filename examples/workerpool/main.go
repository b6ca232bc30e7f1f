// Workerpool is Node's WorkerPool: a callback for a result runs in the context of its
// task, on any worker. It also has two other pools, with [als.Bind].
//
//	go run ./examples/workerpool
//
// gives three tasks of each request to three pools:
//
//	WorkerPool  Node's, with a WorkerPoolTaskInfo for each task, an async resource
//	ants        github.com/panjf2000/ants/v2, with tasks bound by als.Bind
//	lazy        a pool that starts its workers when a request first needs one, with
//	            als.Go, so that a worker has that request's store for life; its tasks
//	            are bound by als.Bind
//
// First it does so in the wrong way. Tasks of lazy that are not bound see the store of
// the request that their worker was started for: request 1's in request 2. Those of
// ants see no store: its workers are started by plain go statements, which carry none.
// (With als/inherit they carry stores, and ants is like lazy.) A WorkerPoolTaskInfo is
// created when a worker takes the task, not when the task is given to the pool: tasks
// that had to wait then run in the worker's context. So does the code on Node's page: it
// queues { task, callback }, and runTask creates the WorkerPoolTaskInfo when a worker
// becomes free.
//
// Then it does the same in the right way, with many requests at the same time. The
// program checks that each callback sees the store of the request that the task is from.
// In WorkerPool it also checks [hooks.ExecutionAsyncID] (the task's) and
// [hooks.TriggerAsyncID] (the request's), that the request gets the error of a task that
// panics, and that the log of a [hooks.Hook] is balanced. If so, the exit status is 0.
// Otherwise it is 1, and the offending lines are shown.
//
//	go run ./examples/workerpool -unbound
//	go run ./examples/workerpool -late
//
// show that the check fails if tasks are not bound, and if a WorkerPoolTaskInfo is
// created late.
//
// # Node's example, part by part
//
// See https://nodejs.org/docs/latest-v18.x/api/async_context.html#using-asyncresource-for-a-worker-thread-pool.
//
//	task_processor.js        process, in process.go
//	WorkerPoolTaskInfo       WorkerPoolTaskInfo, in taskinfo.go
//	WorkerPool               WorkerPool, in workerpool.go
//	addNewWorker             WorkerPool.addNewWorker
//	worker.on('message')     WorkerPool.freed
//	worker.on('error')       WorkerPool.replace
//	kWorkerFreedEvent        WorkerPool.freed, too
//	runTask, close           WorkerPool.RunTask, WorkerPool.Close
//	for (i < 10) runTask     serveWorkerPool, in requests.go
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

	inTurn bool // requests are served one after the other, so that the output is always the same

	unbound bool // mistakes to make on purpose
	late    bool
}

// tasksPerRequest is how many tasks a request gives to a pool, at once.
const tasksPerRequest = 3

// run is the program. It must not run twice at a time, because hooks are called for
// the whole process.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	return cli.Program{
		Name:  "workerpool",
		Shows: "results of a pool's workers belong to the request that asked, whichever worker has them",
		Flags: func(f *flag.FlagSet) {
			f.IntVar(&o.requests, "requests", 20, "how many requests there are in the check, all at the same time")
			f.IntVar(&o.workers, "workers", 2, "how many workers each pool has in the check")
			f.BoolVar(&o.unbound, "unbound", false, "give tasks to lazy and ants unbound on purpose, to see the check fail")
			f.BoolVar(&o.late, "late", false, "create a WorkerPoolTaskInfo late on purpose, to see the check fail")
		},
		Check: func() error {
			if err := cli.InRange("workers", o.workers, 1, 100); err != nil {
				return err
			}
			// More than workers, so that some request gets a worker of another.
			return cli.InRange("requests", o.requests, o.workers+1, 1000)
		},
		Run: func(out io.Writer) ([]string, error) { return drive(o, out) },
	}.Main(args, stdout, stderr)
}
