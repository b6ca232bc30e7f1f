// Package alstest helps to test programs that use package als. It sets a store for one
// test, and fails tests after which a goroutine still holds stores.
//
//	func TestMain(m *testing.M) { os.Exit(alstest.Main(m)) } // checks at the end of all tests
//
//	func TestGreeting(t *testing.T) {
//		alstest.Check(t) // checks at the end of this one
//		alstest.With(t, &user, "alice")
//		assert.Equal(t, "hello alice", greeting())
//	}
//
// A goroutine that still holds stores then is most often one that a request started and
// forgot, or a worker of a pool that was started with the first request's stores. It
// keeps the stores alive, and its later work may count for the wrong request.
//
// The checks report the goroutine, its storages, and where it was started. [Main] and
// [Check] watch calls of als.Go with a hook; a goroutine that als.Go started before is
// named by its function. The checks first let new goroutines run, since those may be
// about to hold stores.
//
// Under -race the checks cannot read other goroutines' stores. For a goroutine that als.Go
// started during the watch they report the stores that it started with and that have not
// been revoked. Any other goroutine counts, without names, while it is in a Run, a Scope,
// a context or an async scope, or holds stores.
//
// In a program that imports als/inherit, a plain goroutine has the stores of its starter,
// but the checks find it only once it has used package als.
package alstest
