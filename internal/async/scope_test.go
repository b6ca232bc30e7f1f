package async

import (
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
)

// A goroutine may hand over from one scope to the next for ever: open the next,
// end the last. What has ended must not pile up.
func TestScopesThatHandOverDoNotPileUp(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		inGoroutine(func() {
			v := &variable[*secret]{revoke: revoke}
			bottom, first := newSecret(0), newSecret(1)
			v.set(bottom)
			last := v.scope(first)
			gone := weak.Make(first)
			first = nil
			for range 1000 {
				store := newSecret(2)
				next := v.scope(store)
				require.True(t, last.End())
				last = next
				v.want(t, store)
				require.LessOrEqual(t, length(current().scopes), 1)
			}
			collect(t, func() bool { return gone.Value() == nil }, "the store of a scope that ended is kept")
			require.True(t, last.End())
			v.want(t, bottom)
			require.Nil(t, current().scopes)
		})
	}
}

// The same where Runs lie between, which is where an ended scope has to wait.
func TestScopesUnderRuns(t *testing.T) {
	inGoroutine(func() {
		v := &variable[int]{}
		v.set(1)
		a := v.scope(2)
		v.run(3, func() {
			b := v.scope(4)
			v.run(5, func() {
				require.True(t, a.End())
				require.True(t, b.End())
				require.Equal(t, 2, length(current().scopes), "both are under a Run")
				v.want(t, 5)
				c := v.scope(6)
				require.True(t, a.End(), "a second end")
				v.want(t, 6)
				require.True(t, c.End())
				v.want(t, 5)
			})
			v.want(t, 3)
			require.Equal(t, 1, length(current().scopes))
		})
		v.want(t, 1)
		require.Nil(t, current().scopes)
	})
}

func length(n *Scope) (count int) {
	for ; n != nil; n = n.older {
		count++
	}
	return count
}
