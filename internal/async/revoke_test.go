package async

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// A layer may end between two steps of a goroutine that joins it, or reads a store in it.
func TestGrantsOfALayerThatEnds(t *testing.T) {
	newGrant := func() *grant { return &grant{value: unsafe.Pointer(new(int))} }
	root := newGrant()
	root.root = root
	early, late, reused, unseen := newGrant(), newGrant(), newGrant(), newGrant()
	early.join(root)
	reused.join(root)
	unseen.root = root // as if revoke had not come to it yet
	require.NotNil(t, early.load())
	root.revoke()
	require.Nil(t, early.value)
	require.Nil(t, unseen.load(), "the layer has ended")
	late.join(root)
	require.Nil(t, late.value, "it keeps no store")
	reused.replace(unsafe.Pointer(new(int)))
	require.Nil(t, reused.value, "it keeps no store")
}
