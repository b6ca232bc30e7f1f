// Package alstest is for tests of programs that use package als: stores for a test,
// and checks that none is left behind.
//
//	func TestMain(m *testing.M) { os.Exit(alstest.Main(m)) } // no goroutine still holds stores
//
//	func TestGreeting(t *testing.T) {
//		alstest.Check(t) // nor does one that this test started
//		alstest.With(t, &user, "alice")
//		assert.Equal(t, "hello alice", greeting())
//	}
//
// A goroutine that holds stores when no test waits for it any more is most often one
// that a request started and forgot, or one of a pool that took the first request's
// stores for its own. It keeps what it holds alive, and work that it does later may
// be taken for the wrong request's.
//
// The checks say which goroutine it is, of which storages it holds stores, and where it
// was started: with a go statement, or with als.Go, which [Main] and [Check] watch with
// a hook. A goroutine that als.Go started before is named by the function that it runs.
// They first let goroutines run that have not run yet, since those may be about to
// hold stores.
//
// Under -race the checks cannot read other goroutines' stores. A goroutine that als.Go
// started while they watched then counts for what it had at its start and has not been
// revoked since; any other counts, without names, while it is in a Run, a Scope, a
// context or an async scope, or holds stores.
//
// A plain goroutine of a program that imports als/inherit keeps the stores of its
// starter, but the checks find it only once it has used package als.
package alstest
