package alstest

import (
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
)

// With makes store the current store of the calling test, until the test and its later
// cleanups have ended. It must be called on the test's own goroutine, as t.FailNow must;
// a call on another one fails the test.
//
// testing starts a subtest with a go statement, which carries no stores. Call With in
// the subtest, or bind the subtest's function:
//
//	t.Run("sub", als.Bind(func(t *testing.T) { ... }))
//
// It panics if storage is nil.
func With[T any](t testing.TB, storage *als.Storage[T], store T) {
	t.Helper()
	if storage == nil {
		panic("alstest: With: storage is nil")
	}
	//alsvet:ignore Cleanup ends it
	scope, caller := storage.WithScope(store), goroutine.ID()
	t.Cleanup(func() {
		t.Helper()
		if goroutine.ID() != caller {
			t.Errorf("alstest: With: called on goroutine %d, which is not the test's", caller)
			return
		}
		scope.End()
	})
}
