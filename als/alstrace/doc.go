// Package alstrace answers "what was it doing when it was slow?": it records an
// execution trace all the time, and when a request takes too long it writes the last
// seconds of it to a file for go tool trace. In the trace each request is a task, and
// below it regions show where the time went, without a ctx parameter.
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
// what a [trace.FlightRecorder] keeps of the trace: the last seconds.
//
// # When a trace is written
//
// A slow request is written when it ends, so that the trace has all of it. A stuck
// request is written while it is running, because the window is about to lose its
// beginning, and because it may never end. The trace has what every goroutine did
// meanwhile, so requests that are slow at the same time share one file. After a trace no
// other is written for Options.Every; slow requests of that time are only counted.
//
// A goroutine of the Recorder writes. A request does not wait for it.
//
// # Tasks without a ctx
//
// The task of a request rides in the ambient context, [als.Context], and in the
// request's own context. So everything that carries stores carries the task: als.Go,
// als.Bind, plain go statements with package als/inherit. [StartRegion], [WithRegion]
// and [Log] find it there, and so do the functions of package runtime/trace if they are
// given als.Context() or the context of the request. When the request ends, goroutines
// that captured its context lose the task, but for work that als.Outlive started.
//
// Names longer than 256 bytes are cut. A name of 64 KiB would end the program: the
// runtime of Go 1.24 to 1.26 throws. Keep the names of regions few; go tool trace lists
// tasks by name, so a route or a tenant makes a shorter list than a request ID.
//
// # What it costs
//
// Without a trace in progress a region costs an atomic load, and a nil Recorder costs
// nothing. With one, a region costs as much as one of package runtime/trace, and two small
// objects instead of one. A request costs eleven objects of 800 bytes together and a few
// microseconds: 2.2 to 2.5 times a task that is passed in a ctx. The benchmarks of this
// package measure it. The runtime records its own events besides.
//
// # What is not promised
//
// The window is limited by its size first: on a busy server Options.MaxBytes may be
// less than Options.MinAge, or a slow request, takes. A trace says where a goroutine
// waited and ran, not which data it worked on. The file has function names, task names
// and log messages of all requests in the window. Give it only to readers who may see them.
//
// Go 1.24 has no flight recorder. [Start] returns [ErrUnsupported] there; regions work,
// for traces of [trace.Start].
package alstrace
