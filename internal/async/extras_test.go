package async

import (
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// The next owner of a record is in no scope of an owner that exited inside of some. What
// that one has ended it may reuse.
func TestResetLeavesAllScopes(t *testing.T) {
	for _, open := range []bool{true, false} {
		r := anyRecord(1)
		n := &Scope{open: open, key: new(Key)}
		r.extra = unsafe.Pointer(n)
		r.set(scoped, open)
		r.reset()
		require.Equal(t, open, r.soleScope() == nil)
		require.False(t, r.has(scoped))
	}

	r := anyRecord(1)
	of := &AsyncScope{ID: 7} // of a resource, which others are in
	r.extras().inner = of
	r.reset()
	require.Nil(t, r.asyncScope())
	require.EqualValues(t, 7, of.ID, "it is not written to")

	next := &task{id: 8, trigger: 1, resource: &Goroutine{8}}
	r.extras().beginAsyncScope(next)
	require.Equal(t, &AsyncScope{8, 1, &Goroutine{8}}, r.asyncScope())
	require.Nil(t, next.resource, "the task keeps it alive")
	require.Zero(t, next.id)
	r.reset() // its goroutine exited without end
	require.Nil(t, r.asyncScope())
	require.Nil(t, r.extras().own.Resource)
}

// The end of a goroutine that Go started leaves nothing of its async scope.
func TestEndOfAnOwnAsyncScope(t *testing.T) {
	x := new(extras)
	x.beginAsyncScope(&task{id: 8, trigger: 1, resource: &Goroutine{8}})
	x.endAsyncScope()
	require.Zero(t, x.own.ID)
	require.Nil(t, x.own.Resource)
}

// A goroutine that starts in a context may get the record of one that has exited with a
// store, in a scope.
func TestAdoptLeavesNothingOfAnEarlierOwner(t *testing.T) {
	if gp, _ := g.Self(); gp == 0 || race.Enabled {
		t.Skip("a record is not reused where the g is not known, or under the race detector")
	}
	for adopted, tries := false, 0; !adopted && tries < 100; tries++ { // a sweep may remove the record
		testkit.InGoroutine(func() {
			v := new(variable[int])
			v.set(1)
			earlier := Current()
			fresh := earlier.extra == nil // or it has room for the next owner
			v.scope(2)
			_, id := g.Self()
			earlier.Settle(id + 1<<40) // no goroutine has this ID
			r := Adopt(Context{})
			adopted = r == earlier
			require.Zero(t, r.inline)
			require.True(t, r.extra == nil || !fresh && !r.hasLeft())
			wantSound(t, r)
		})
	}
}
