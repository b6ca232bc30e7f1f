package async

import (
	"testing"
	"unsafe"

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
	r.extras().asyncScope = of
	r.reset()
	require.Nil(t, r.asyncScope())
	r.beginAsyncScope(AsyncScope{ID: 8})
	require.EqualValues(t, 7, of.ID, "it is not written to")
}
