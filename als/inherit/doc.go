// Package inherit makes plain go statements carry the execution context. It is
// imported for its side effect, in one file of a program:
//
//	import _ "github.com/seed-1938943e/goroutine/als/inherit"
//
// From then on every go statement, in any package, starts its goroutine with the
// current stores of the goroutine that executes it, as als.Go does. So do
// sync.WaitGroup.Go, errgroup, http.TimeoutHandler, iter.Pull and every other API that
// uses one internally. In Node every asynchronous operation does this.
//
// docs/inherit.md has the table of what inherits and what does not. In short, timers,
// finalizers, cleanups and callbacks from threads of C see no stores. Work that another
// goroutine triggers sees the stores of the goroutine that executes the go statement.
//
// # Goroutines that are kept
//
// A goroutine that a pool keeps has the stores of the goroutine that started it. Bind
// the functions that are submitted to it ([als.Bind]), use RevokeOnEnd for stores that
// must not be seen after their Run, or [Detach] the goroutine. The goroutines of
// connections of net/http's client, gRPC's client and database/sql's DB are detached.
//
// # Profiler labels
//
// Stores travel with the profiler labels, which the runtime copies to new
// goroutines. The labels that a program sets are shown unchanged everywhere, and are
// never rolled back. Setting labels cuts the inheritance until the goroutine next
// uses package als; [Do] and [SetGoroutineLabels] do not.
//
// [als.Options] has two fields for this: Inherit, for stores that must not be
// inherited, and Label, which shows a store in the labels.
//
// # Costs
//
// A Run allocates 48 or 64 bytes, however many storages are set, and costs about twice
// a context.WithValue. With RevokeOnEnd it costs about as much if the store is a word
// or an interface. A read takes 0.5 to 1 of ctx.Value, one level deep. A go statement
// costs no more than without the import, and the first use of als in a goroutine that
// inherited costs some 30 ns. The README and docs/inherit.md have the figures.
//
// # When it is off
//
// ALS_INHERIT=off in the environment turns inheritance off. It also stays off, with a
// message on standard error, on a Go release whose labels this package does not know,
// and in a program whose functions were renamed (garble); see [Status].
package inherit
