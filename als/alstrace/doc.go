// Package alstrace shows what a request was doing when it was slow. It records an
// execution trace all the time. When a request takes too long, it writes the last
// seconds of the trace to a file for go tool trace. There each request is a task with
// regions that show where the time went, without a ctx parameter.
//
//	rec, err := alstrace.Start(alstrace.Options{
//		Slow: time.Second,
//		Dir:  "/var/tmp/traces",
//		Name: requestID.Label, // the task's name
//	})
//	...
//	defer rec.Stop()
//	http.ListenAndServe(addr, alshttp.Handler(rec.Handler(mux), alshttp.With(requestID, idOf)))
//
//	// and anywhere below, also in goroutines of als.Go:
//	defer alstrace.StartRegion("charge").End()
//
// # Words
//
// A task is one request, job or message, and a region a part of the work on it in one
// goroutine; both are those of [runtime/trace]. A request is slow when it has taken
// [Options].Slow, and stuck when it is still running after Options.Stuck. The window is
// the part of the trace that a [trace.FlightRecorder] keeps: the last seconds.
//
// # When a trace is written
//
// A slow request is written when it ends, so that the trace has all of it. A stuck
// request is written while it is running, because the window is about to lose its
// beginning, and because it may never end. A trace has all goroutines, so requests that
// are slow at the same time share one file. For Options.Every after a trace no other is
// written; slow requests of that time are only counted.
//
// A goroutine of the Recorder writes. Requests do not wait for it.
//
// # Tasks without a ctx
//
// The task of a request is in the ambient context, [als.Context], and in the request's
// own context. So everything that carries stores carries the task: als.Go, als.Bind,
// plain go statements with package als/inherit. [StartRegion], [WithRegion] and [Log]
// use that task. So do the functions of package runtime/trace if they get als.Context()
// or the context of the request. When the request ends, goroutines that captured its
// context lose the task, except for work started with als.Outlive.
//
// Names longer than 256 bytes are cut. A name of 64 KiB would end the program: the
// runtime of Go 1.24 to 1.26 throws. Keep the names of regions few; go tool trace lists
// tasks by name, so a route or a tenant makes a shorter list than a request ID.
//
// # What it costs
//
// Without a trace in progress a region costs an atomic load, and a nil Recorder costs
// nothing. During a trace a region costs as much as one of package runtime/trace, and two
// small objects instead of one. A request costs a few microseconds and eleven objects,
// together 800 bytes: 2.2 to 2.5 times as much time as a task that is passed in a ctx. The
// benchmarks of this package measure it. The runtime's own events come on top.
//
// # What is not promised
//
// On a busy server the window may be shorter than Options.MinAge, or than a slow request:
// Options.MaxBytes comes first. A trace says where a goroutine waited and ran, not which
// data it worked on. The file has function names, task names and log messages of all
// requests in the window. Give it only to readers who may see them.
//
// Go 1.24 has no flight recorder. [Start] returns [ErrUnsupported] there; regions work,
// for traces of [trace.Start].
package alstrace
