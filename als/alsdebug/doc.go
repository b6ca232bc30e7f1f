// Package alsdebug shows a running program: which goroutine works for which request,
// what it does, and which stores it holds. Mount it as you would net/http/pprof:
//
//	mux.Handle("/debug/als/", alsdebug.Handler())
//
// A browser gets a page, curl gets text, and ?format=json gets JSON.
//
// # What it shows
//
// The goroutines that hold stores, grouped by the Label of a storage that you pick
// (als.Options.Label): the state of each, how long it has waited and for what, where it
// was started and by which goroutine, and the storages whose stores it holds. A store
// that has been revoked and is still held is marked. Below that, once you turn them
// on, the losses that [als.TraceLoss] finds and the async resources of package hooks;
// and what this module itself uses.
//
// It shows no value. A storage with a Label is shown with the text that Label returned
// when the store was put in place, from the first call of [Handler] on. Other storages
// are shown with their names and types.
//
// # What it does not see
//
// The stores of a goroutine that is not parked are a guess, without labels, and may be
// those of a moment before or after. Goroutines of plain go statements that inherited
// stores (package als/inherit) are seen once they have used package als. Captures that
// no goroutine runs in (an ExecutionContext, a bound function) are not counted. Built
// with the race detector, or where the g of this Go release cannot be read, labels are
// not shown. The page says which of these apply.
//
// # What it costs
//
// Without a request to the handler it costs nothing but the labels: a Run of a storage
// with a Label calls it once. A picture reads the records of other goroutines without
// stopping the program, for half a microsecond to two a goroutine: less than a goroutine
// profile takes (BenchmarkPicture in internal/inspect). In a
// program of at most 1,000 goroutines it also takes a traceback, which stops the program
// for about 6 µs a goroutine; with more only the button does, of at most 20,000. There
// is one picture at a time. All requests share it, and it is kept ten times as long as it
// took: pictures cost at most a tenth of a processor, however many viewers there are, and
// each page its rendering. While the async resources are watched each als.Go and each
// AsyncResource costs a few microseconds more.
//
// # Safety
//
// GET and HEAD change nothing. What changes something is a POST that comes from the
// page itself: browsers say so in Sec-Fetch-Site or Origin. Names, labels and files are
// escaped and cut. But every client that reaches the handler can read what it shows, stop
// the program for a traceback, and turn on what slows it down. Protect it as you
// protect net/http/pprof: listen on a private address, or put authentication in front.
package alsdebug
