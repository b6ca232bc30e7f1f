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
// A goroutine that holds stores when nobody waits for it any more is most often one
// that a request started and forgot, or one of a pool that took the first request's
// stores for its own. It keeps what it holds alive, and work that it does later may
// be taken for the wrong request's.
//
// The checks say which goroutine it is and where it was started: with a go statement,
// or with als.Go, which [Main] and [Check] watch with a hook. A goroutine that als.Go
// started before is named by the function that it runs.
//
// Under the race detector nobody can look at what belongs to a goroutine. A check then
// goes by what it can know: a goroutine that als.Go started counts if it had stores at
// its start, any other if it has begun something that it has not ended.
package alstest
