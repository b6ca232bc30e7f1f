// Package alsdebug shows which request each goroutine of a running program works for,
// what the goroutine does, and which stores it holds. Mount it as you would net/http/pprof:
//
//	mux.Handle("/debug/als/", alsdebug.Handler())
//
// A browser gets a page, curl gets text, and ?format=json gets JSON.
//
// # What it shows
//
// The page lists the goroutines that hold stores, grouped by the Label of a storage
// that you pick (als.Options.Label). It shows the state of each, how long it has waited
// and for what, where it was started and by which goroutine, and its stores. Revoked
// stores that a goroutine still holds are marked. The page also shows what this module
// itself uses and, once you turn them on, the losses that [als.TraceLoss] finds and the
// async resources of package hooks.
//
// It never shows the value of a store. A storage with a Label is shown with the text
// that Label returned when the store was set, from the first call of [Handler] on. Other
// storages are shown with their names and types.
//
// # What it does not see
//
// The stores of a goroutine that is not parked are a guess, without labels: it may have
// set them just before or after. Goroutines of plain go statements that inherited
// stores (package als/inherit) are seen once they have used package als. Captures that
// no goroutine runs in (an ExecutionContext, a bound function) are not counted. Labels
// are missing under the race detector, and where the g of this Go release cannot be
// read. The page says which of these apply.
//
// # What it costs
//
// Between requests only labels cost: a Run of a storage with a Label calls it once.
//
// A request takes a picture. That reads the records of other goroutines without stopping
// the program, in 0.5 to 2 µs a goroutine: less than a goroutine profile takes
// (BenchmarkPicture in internal/inspect). In a program of at most 1,000 goroutines a
// picture has a traceback, which stops the program for about 6 µs a goroutine. With up
// to 20,000 goroutines, a button takes a traceback.
//
// All requests share one picture, which is kept ten times as long as it took. So
// pictures cost at most a tenth of a processor, however many viewers there are. At most
// four pages are rendered at a time. While the async resources are watched, each als.Go
// and each AsyncResource costs a few microseconds more.
//
// # Safety
//
// GET and HEAD change nothing. A POST that a browser sends from another site is refused,
// by Sec-Fetch-Site or Origin. Names, labels and files are escaped and cut. But every
// client that reaches the handler can read the page, stop the program for a traceback,
// and turn on tracing that slows it down. Protect the handler as you protect
// net/http/pprof: listen on a private address, or put authentication in front.
package alsdebug
