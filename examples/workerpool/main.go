// Workerpool is Node's WorkerPool: results belong to the task, whichever worker has
// them. Beside it, the same for pools that know nothing of it, with [als.Bind].
//
//	go run ./examples/workerpool
//
// has six requests at a time give three tasks each to pools of two workers:
//
//	WorkerPool  Node's, with a WorkerPoolTaskInfo for each task, an async resource
//	lazy        a pool that starts its workers when a request first needs one, with
//	            als.Go, so that a worker has that request's store for life; its tasks
//	            are bound by als.Bind
//	ants        github.com/panjf2000/ants/v2, with tasks bound by als.Bind
//
// Each result, which in lazy and ants is the task itself, prints what it sees:
//
//	WorkerPool: request 2: 2 + 1 = 3    in request 2   in 13, caused by 11    goroutine 30
//	WorkerPool: request 6: 6 + 0 = 6    in request 6   in 23, caused by 2     goroutine 30
//	lazy:       request 1: 1 + 0 = 1    in request 1                          goroutine 47
//	...
//
// The program checks that this is the store of the request that the task is from;
// in WorkerPool also that [hooks.ExecutionAsyncID] is the task's and
// [hooks.TriggerAsyncID] the request's, that a task that panics has its error
// reported to the one who asked, and that the log of a [hooks.Hook] is balanced. The
// exit status is 0 then, else 1, and the offending lines are shown. (go run itself
// exits with 1 whenever the program does not with 0.)
//
//	go run ./examples/workerpool -unbound
//	go run ./examples/workerpool -late
//
// show what the check finds otherwise. With -unbound the tasks of lazy see the store
// of the request that their worker was started for: request A's in request B. Those
// of ants see no store: its workers are started by plain go statements, which carry
// none. (In a program that imports als/inherit they do, and ants is like lazy.)
// With -late a WorkerPoolTaskInfo is created when a worker takes the task, and not
// when the task is given to the pool. Tasks that had to wait then belong to the
// worker. Node's page has it like that: it queues { task, callback }, and its
// runTask creates the WorkerPoolTaskInfo when it is called again by whoever frees a
// worker.
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

// options are what the command line says.
type options struct {
	requests, workers int

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
		Name: "workerpool",
		Flags: func(f *flag.FlagSet) {
			f.IntVar(&o.requests, "requests", 6, "how many requests there are, all at the same time")
			f.IntVar(&o.workers, "workers", 2, "how many workers each pool has")
			f.BoolVar(&o.unbound, "unbound", false, "give tasks to lazy and ants unbound on purpose, to see the check fail")
			f.BoolVar(&o.late, "late", false, "create a WorkerPoolTaskInfo late on purpose, to see the check fail")
		},
		Check: func() error {
			if err := cli.InRange("workers", o.workers, 1, 100); err != nil {
				return err
			}
			// More than workers, so that some request meets a worker of another.
			return cli.InRange("requests", o.requests, o.workers+1, 1000)
		},
		Run: func(out io.Writer) ([]string, error) { return drive(o, out) },
	}.Main(args, stdout, stderr)
}
