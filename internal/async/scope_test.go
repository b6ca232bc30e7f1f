package async

import (
	"runtime"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// A goroutine may hand over from one scope to the next for ever: open the next, end the
// last.
func TestScopesThatHandOverDoNotPileUp(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		testkit.InGoroutine(func() {
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
				require.LessOrEqual(t, scopesOf(Current()), 1)
			}
			testkit.Garbage(t, "the store of a scope that has ended", gone)
			require.True(t, last.End())
			v.want(t, bottom)
			require.False(t, Current().has(scoped))
		})
	}
}

// The top has the grants of the scopes beneath it only until they end.
func TestCoveredScopesDoNotPileUp(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[*secret]{revoke: true}
		lowest := v.scope(newSecret(1))
		var most int
		for range 1000 {
			second := v.scope(newSecret(2))
			v.set(newSecret(3))
			third := v.scope(newSecret(4))
			most = max(most, len(Current().extras().tops.first.hidden.covered.grants))
			third.End()
			second.End()
		}
		require.Equal(t, 2, most)
		lowest.End()
	})
}

// A scope that ends beneath a Run is removed when the Run returns.
func TestScopesUnderRuns(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[int]{}
		v.set(1)
		a := v.scope(2)
		v.run(3, func() {
			b := v.scope(4)
			v.run(5, func() {
				require.True(t, a.End())
				require.True(t, b.End())
				require.Zero(t, scopesOf(Current()), "both are under a Run")
				v.want(t, 5)
				c := v.scope(6)
				require.True(t, a.End(), "a second end")
				v.want(t, 6)
				require.True(t, c.End())
				v.want(t, 5)
			})
			v.want(t, 3)
			require.Zero(t, scopesOf(Current()))
		})
		v.want(t, 1)
		require.False(t, Current().has(scoped))
	})
}

// The caller may keep the handle of a scope that has ended.
func TestScopeThatEndedKeepsNothing(t *testing.T) {
	for what, end := range map[string]func(v *variable[*secret], n Handle){
		"End":           func(_ *variable[*secret], n Handle) { require.True(t, n.End()) },
		"End and again": func(_ *variable[*secret], n Handle) { n.End(); n.End() },
		"End under another": func(v *variable[*secret], n Handle) {
			above := v.scope(nil)
			n.End()
			above.End()
		},
		"End under a Run": func(v *variable[*secret], n Handle) { v.run(nil, func() { n.End() }) },
	} {
		t.Run(what, func(t *testing.T) {
			testkit.InGoroutine(func() {
				v := new(variable[*secret])
				beneath, own := newSecret(1), newSecret(2)
				gone := []weak.Pointer[secret]{weak.Make(beneath), weak.Make(own)}
				v.set(beneath)
				n := v.scope(own)
				beneath, own = nil, nil
				end(v, n)
				v.set(nil)
				for _, p := range gone {
					testkit.Garbage(t, "the store of a scope that has ended", p)
				}
				key := weak.Make(v)
				v = nil
				testkit.Garbage(t, "the storage of a scope that has ended", key)
				runtime.KeepAlive(n)
			})
		})
	}
	t.Run("end of its context", func(t *testing.T) {
		testkit.InGoroutine(func() {
			v := new(variable[*secret])
			beneath := newSecret(1)
			gone := weak.Make(beneath)
			var n Handle
			enter(Context{}, func() {
				v.set(beneath)
				n = v.scope(nil)
			})
			beneath = nil
			testkit.Garbage(t, "the store of a scope that has ended", gone)
			runtime.KeepAlive(n)
			runtime.KeepAlive(v)
		})
	})
}

// A layer without a store may end with scopes open. It keeps the place of its cell then, for
// other cells may lie behind it.
func TestEndOfAnEmptyLayerKeepsThePlaceOfItsCell(t *testing.T) {
	testkit.InGoroutine(func() {
		first, v, behind := new(variable[int]), &variable[int]{revoke: true}, new(variable[int])
		for _, u := range []*variable[int]{v, behind} { // of one home in an array of firstArray cells
			for u.token().Index()%firstArray != first.token().Index()%firstArray {
				u.key = Key{}
			}
		}
		first.run(1, func() {
			v.set(2)
			behind.set(3)
		})
		require.EqualValues(t, firstArray, arraySize(Current().mask))
		require.True(t, cellsOf(Current())[first.token().Index()%firstArray].token.IsVacant())
		v.exit(func() {
			v.scope(4)
			v.scope(5)
		})
		v.want(t, 2)
		behind.want(t, 3)
		wantSound(t, Current())
	})
}

// The caller may keep the handle of a scope that lies beneath a forgotten one. The end of
// their layer does not reach that scope then.
func TestScopeBeneathAForgottenOneKeepsNothing(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[*secret]{revoke: true}
		own := newSecret(1)
		gone := weak.Make(own)
		var second Handle
		v.run(own, func() {
			own = nil
			v.scope(newSecret(2))
			second = v.scope(newSecret(3))
			forgotten := weak.Make(v.scope(newSecret(4)).scope)
			v.scope(newSecret(5))
			testkit.Garbage(t, "a scope without a handle", forgotten)
		})
		testkit.Garbage(t, "the store of a Run that has ended", gone)
		runtime.KeepAlive(second)
		runtime.KeepAlive(v)
	})
}

// A top that ends may stand in for the scope beneath it, if that was forgotten.
func TestScopeThatStandsInForAForgottenOne(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[int]{revoke: true}
		var c Context
		v.run(1, func() {
			forgotten := weak.Make(v.scope(2).scope)
			top := v.scope(3)
			testkit.Garbage(t, "a scope without a handle", forgotten)
			top.End()
			v.want(t, 2)
			for range 100 {
				v.scope(4).End()
			}
			v.want(t, 2)
			require.LessOrEqual(t, len(Current().extras().tops.first.hidden.covered.grants), 2)
			v.key.Disable()
			v.set(5) // of the innermost layer, since it replaces no store
			c = Capture()
		})
		if r := Current(); r != nil { // the race detector removes a record that holds nothing
			require.False(t, r.has(scoped))
		}
		enter(c, func() { v.wantNone(t) })
	})
}
