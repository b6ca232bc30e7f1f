// Package pools has a call of each function of the default list.
package pools

import (
	"context"
	"iter"
	"time"

	pondv1 "github.com/alitto/pond"
	"github.com/alitto/pond/v2"
	"github.com/bytedance/gopkg/util/gopool"
	"github.com/gammazero/workerpool"
	"github.com/hashicorp/go-multierror"
	"github.com/oklog/run"
	antsv1 "github.com/panjf2000/ants"
	"github.com/panjf2000/ants/v2"
	cronv1 "github.com/robfig/cron"
	"github.com/robfig/cron/v3"
	"github.com/samber/lo"
	"github.com/samber/lo/parallel"
	"github.com/sourcegraph/conc"
	conciter "github.com/sourcegraph/conc/iter"
	"github.com/sourcegraph/conc/pool"
	"github.com/sourcegraph/conc/stream"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
	"gopkg.in/tomb.v2"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work() { user.Get() }

func result() string { return user.Get() }

func failing() error { user.Get(); return nil }

func both() (string, error) { return user.Get(), nil }

func standard(ctx context.Context) {
	time.AfterFunc(1, work)                                                 // want `callback: the callback of time.AfterFunc runs`
	context.AfterFunc(ctx, work)                                            // want `the callback of context.AfterFunc runs`
	iter.Pull(func(yield func(string) bool) { yield(user.Get()) })          // want `the callback of iter.Pull runs`
	iter.Pull2(func(yield func(string, int) bool) { yield(user.Get(), 1) }) // want `the callback of iter.Pull2 runs`
}

func xsync(g *errgroup.Group, s *singleflight.Group) {
	g.Go(failing)                                                   // want `the callback of \(\*golang.org/x/sync/errgroup.Group\).Go runs`
	g.TryGo(failing)                                                // want `errgroup.Group\).TryGo runs`
	s.DoChan("key", func() (any, error) { return user.Get(), nil }) // want `DoChan runs its argument on another goroutine, .*other callers with its key get its result`
}

func antsPools(p *ants.Pool, m *ants.MultiPool, old *antsv1.Pool) {
	ants.Submit(work)   // want `the callback of github.com/panjf2000/ants/v2.Submit runs`
	p.Submit(work)      // want `ants/v2.Pool\).Submit runs`
	m.Submit(work)      // want `ants/v2.MultiPool\).Submit runs`
	antsv1.Submit(work) // want `the callback of github.com/panjf2000/ants.Submit runs`
	old.Submit(work)    // want `ants.Pool\).Submit runs`
}

func pondPoolsV1(p *pondv1.WorkerPool, g *pondv1.TaskGroup, c *pondv1.TaskGroupWithContext) {
	p.Submit(work)                    // want `pond.WorkerPool\).Submit runs`
	p.TrySubmit(work)                 // want `pond.WorkerPool\).TrySubmit runs`
	p.SubmitAndWait(work)             // want `pond.WorkerPool\).SubmitAndWait runs`
	p.SubmitBefore(work, time.Second) // want `pond.WorkerPool\).SubmitBefore runs`
	g.Submit(work)                    // want `pond.TaskGroup\).Submit runs`
	c.Submit(failing)                 // want `pond.TaskGroupWithContext\).Submit runs`
}

func pondPools(p pond.Pool, r pond.ResultPool[string], g pond.TaskGroup, rg pond.ResultTaskGroup[string]) {
	pond.Submit(work)       // want `the callback of github.com/alitto/pond/v2.Submit runs`
	pond.SubmitErr(failing) // want `the callback of github.com/alitto/pond/v2.SubmitErr runs`
	p.Go(work)              // want `pond/v2.Pool\).Go runs`
	p.Submit(work)          // want `pond/v2.Pool\).Submit runs`
	p.SubmitErr(failing)    // want `pond/v2.Pool\).SubmitErr runs`
	p.TrySubmit(work)       // want `pond/v2.Pool\).TrySubmit runs`
	p.TrySubmitErr(failing) // want `pond/v2.Pool\).TrySubmitErr runs`
	r.Submit(result)        // want `pond/v2.ResultPool\).Submit runs`
	r.SubmitErr(both)       // want `pond/v2.ResultPool\).SubmitErr runs`
	r.TrySubmit(result)     // want `pond/v2.ResultPool\).TrySubmit runs`
	r.TrySubmitErr(both)    // want `pond/v2.ResultPool\).TrySubmitErr runs`
	g.Submit(work, work)    // want `pond/v2.TaskGroup\).Submit runs` `pond/v2.TaskGroup\).Submit runs`
	g.SubmitErr(failing)    // want `pond/v2.TaskGroup\).SubmitErr runs`
	rg.Submit(result)       // want `pond/v2.ResultTaskGroup\).Submit runs`
	rg.SubmitErr(both)      // want `pond/v2.ResultTaskGroup\).SubmitErr runs`
}

func gammazero(p *workerpool.WorkerPool) {
	p.Submit(work)     // want `workerpool.WorkerPool\).Submit runs`
	p.SubmitWait(work) // want `workerpool.WorkerPool\).SubmitWait runs`
}

func concGroup(wg *conc.WaitGroup, s *stream.Stream) {
	wg.Go(work)                                              // want `conc.WaitGroup\).Go runs`
	s.Go(func() stream.Callback { user.Get(); return work }) // want `conc/stream.Stream\).Go runs`
}

func concPools(p *pool.Pool, e *pool.ErrorPool, c *pool.ContextPool, r *pool.ResultPool[string], re *pool.ResultErrorPool[string], rc *pool.ResultContextPool[string]) {
	p.Go(work)                                                              // want `conc/pool.Pool\).Go runs`
	e.Go(failing)                                                           // want `conc/pool.ErrorPool\).Go runs`
	c.Go(func(context.Context) error { return failing() })                  // want `conc/pool.ContextPool\).Go runs`
	r.Go(result)                                                            // want `conc/pool.ResultPool\).Go runs`
	re.Go(both)                                                             // want `conc/pool.ResultErrorPool\).Go runs`
	rc.Go(func(context.Context) (string, error) { return user.Get(), nil }) // want `conc/pool.ResultContextPool\).Go runs`
}

func concIterators(list []string) {
	conciter.ForEach(list, func(*string) { work() })                                // want `conc/iter.ForEach runs`
	conciter.ForEachIdx(list, func(int, *string) { work() })                        // want `conc/iter.ForEachIdx runs`
	conciter.Map(list, func(*string) string { return user.Get() })                  // want `conc/iter.Map runs`
	conciter.MapErr(list, func(*string) (string, error) { return user.Get(), nil }) // want `conc/iter.MapErr runs`
}

func bytedance(ctx context.Context, p gopool.Pool) {
	gopool.Go(work)         // want `the callback of github.com/bytedance/gopkg/util/gopool.Go runs`
	gopool.CtxGo(ctx, work) // want `gopool.CtxGo runs`
	p.Go(work)              // want `gopool.Pool\).Go runs`
	p.CtxGo(ctx, work)      // want `gopool.Pool\).CtxGo runs`
}

func groups(m *multierror.Group, t *tomb.Tomb, r *run.Group) {
	m.Go(failing)                          // want `go-multierror.Group\).Go runs`
	t.Go(failing)                          // want `tomb.v2.Tomb\).Go runs`
	r.Add(failing, func(error) { work() }) // want `oklog/run.Group\).Add runs its argument .*an actor of a run.Group may serve others`
}

func samber(list []string) {
	lo.Async(result)                                                      // want `lo.Async runs`
	lo.Async0(work)                                                       // want `lo.Async0 runs`
	lo.Async1(result)                                                     // want `lo.Async1 runs`
	lo.Async2(both)                                                       // want `lo.Async2 runs`
	parallel.ForEach(list, func(string, int) { work() })                  // want `lo/parallel.ForEach runs`
	parallel.Map(list, func(string, int) string { return user.Get() })    // want `lo/parallel.Map runs`
	parallel.Times(3, func(int) string { return user.Get() })             // want `lo/parallel.Times runs`
	parallel.GroupBy(list, func(string) string { return user.Get() })     // want `lo/parallel.GroupBy runs`
	parallel.PartitionBy(list, func(string) string { return user.Get() }) // want `lo/parallel.PartitionBy runs`
}

func crons(c *cron.Cron, old *cronv1.Cron) {
	c.AddFunc("@daily", work)                  // want `cron/v3.Cron\).AddFunc runs its argument .*a cron runs it again and again`
	old.AddFunc("@daily", work)                // want `cron.Cron\).AddFunc runs its argument .*a cron runs it again and again`
	c.AddJob("@daily", cron.FuncJob(work))     // want `cron/v3.Cron\).AddJob runs its argument .*a cron runs it again and again`
	c.Schedule(nil, cron.FuncJob(work))        // want `cron/v3.Cron\).Schedule runs its argument .*a cron runs it again and again`
	old.AddJob("@daily", cronv1.FuncJob(work)) // want `cron.Cron\).AddJob runs its argument .*a cron runs it again and again`
	old.Schedule(nil, cronv1.FuncJob(work))    // want `cron.Cron\).Schedule runs its argument .*a cron runs it again and again`
}

// Bound and harmless functions are right in all of them.
func right(g *errgroup.Group, p *ants.Pool, c *cron.Cron) {
	g.Go(als.Bind(failing))
	p.Submit(als.Bind(work))
	c.AddFunc("@daily", func() {})
}
