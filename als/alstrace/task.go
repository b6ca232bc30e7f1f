package alstrace

import (
	"context"
	"net/http"
	"runtime/trace"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// Handler returns a handler that calls next for each request in its own task, named by
// Options.Name, and writes the trace if the request is slow. A panic and runtime.Goexit
// pass, after the end of the task.
//
// The context of the request that next gets, and [als.Context] below it, have the task.
// Inside alshttp.Handler the name can be a store of the request:
//
//	alshttp.Handler(rec.Handler(mux), alshttp.With(requestID, idOf))
//
// Around alshttp.Handler regions work, too, but there is no store yet. A middleware that
// runs the next handler on another goroutine without stores, such as http.TimeoutHandler,
// belongs around it.
//
// It panics if next is nil.
func (rec *Recorder) Handler(next http.Handler) http.Handler {
	if next == nil {
		panic("alstrace: Recorder.Handler: next is nil")
	}
	if rec == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rec.stopped.Load() {
			next.ServeHTTP(w, r)
			return
		}
		name := ""
		if rec.options.Name != nil {
			name = rec.options.Name()
		}
		if name == "" {
			name = r.Method + " " + r.URL.Path
		}
		rec.run(r.Context(), name, func(ctx context.Context) { next.ServeHTTP(w, r.WithContext(ctx)) })
	})
}

// Run calls fn in a task with this name, as [Recorder.Handler] does with a request: for
// jobs, messages and the requests of other servers. A Run inside another makes a subtask.
//
// It panics if fn is nil.
func (rec *Recorder) Run(name string, fn func()) {
	if fn == nil {
		panic("alstrace: Recorder.Run: fn is nil")
	}
	if rec == nil || rec.stopped.Load() {
		fn()
		return
	}
	rec.run(als.Context(), name, func(context.Context) { fn() })
}

func (rec *Recorder) run(ctx context.Context, name string, fn func(context.Context)) {
	ctx, t := rec.begin(ctx, cut(name))
	defer t.end()
	defer als.LeaseContext(ctx).End()
	fn(ctx)
}

// A task is a request that is running.
type task struct {
	rec    *Recorder
	name   string
	began  time.Time
	ctx    context.Context // has traced, and is that of the request
	traced *trace.Task

	// mu guards these. The request's goroutine and the timer's take it.
	mu      sync.Mutex
	stuck   *time.Timer
	settled bool // the request has ended, or a trace became due while it was running
}

func (rec *Recorder) begin(ctx context.Context, name string) (context.Context, *task) {
	t := &task{rec: rec, name: name, began: time.Now()}
	t.ctx, t.traced = trace.NewTask(ctx, name)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stuck = time.AfterFunc(rec.options.Stuck, t.whileRunning)
	return t.ctx, t
}

// end ends the task. It runs on the goroutine of the request.
func (t *task) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stuck.Stop()
	took := time.Since(t.began)
	slow := took >= t.rec.options.Slow
	if slow {
		trace.Log(t.ctx, "alstrace", "slow: took "+took.String())
	}
	t.traced.End()
	if slow && !t.settled {
		t.rec.offer(Request{Name: t.name, Began: t.began, Took: took})
	}
	t.settled = true
}

// whileRunning makes a trace due for a task that is stuck. If it is too soon for one, it
// tries again later: the request may never end.
func (t *task) whileRunning() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.settled {
		return
	}
	took := time.Since(t.began)
	trace.Log(t.ctx, "alstrace", "stuck: running for "+took.String())
	t.settled = t.rec.offer(Request{Name: t.name, Began: t.began, Took: took, Running: true})
	if !t.settled && !t.rec.stopped.Load() {
		t.stuck.Reset(t.rec.options.Every)
	}
}
