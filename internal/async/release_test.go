package async

import (
	"fmt"
	"runtime"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// A store that no goroutine can read any more is collected. Each case is one way to get there.
func TestStoresAreReleased(t *testing.T) {
	for what, lose := range map[string]func(v *variable[*secret], other *variable[int]){
		"replaced":          func(v *variable[*secret], _ *variable[int]) { v.set(nil) },
		"disabled, capture": func(v *variable[*secret], _ *variable[int]) { v.key.Disable(); Capture() },
		"disabled, grow": func(v *variable[*secret], other *variable[int]) {
			v.key.Disable()
			other.set(1)
		},
		"disabled, run": func(v *variable[*secret], other *variable[int]) {
			v.key.Disable()
			v.run(nil, func() {})
		},
		"disabled, exit": func(v *variable[*secret], other *variable[int]) {
			v.key.Disable()
			v.exit(func() {})
		},
		"disabled, unshare": func(v *variable[*secret], other *variable[int]) {
			other.set(1)
			Capture()
			v.key.Disable()
			other.set(2)
		},
		"disabled in an array, capture": func(v *variable[*secret], other *variable[int]) {
			other.set(1)
			v.key.Disable()
			Capture()
		},
		"disabled in an array, grow": func(v *variable[*secret], other *variable[int]) {
			other.set(1)
			v.key.Disable()
			var more [8]variable[int]
			for i := range more {
				more[i].set(i)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			testkit.InGoroutine(func() {
				v, other := &variable[*secret]{}, &variable[int]{}
				v.token()
				other.token()
				store := newSecret(1)
				gone := weak.Make(store)
				v.set(store)
				store = nil
				collectSome()
				require.NotNil(t, gone.Value(), "the store is not kept")
				lose(v, other)
				testkit.Garbage(t, "the store", gone)
				runtime.KeepAlive(v)
				runtime.KeepAlive(other)
			})
		})
	}
}

// The end of a layer or a context releases its stores.
func TestEndsReleaseStores(t *testing.T) {
	for what, during := range map[string]func(v *variable[*secret], store *secret){
		"Layer":          func(v *variable[*secret], store *secret) { v.run(store, collectSome) },
		"Scope":          func(v *variable[*secret], store *secret) { v.scope(store).End() },
		"captured":       func(v *variable[*secret], store *secret) { v.run(store, func() { Capture() }) },
		"Switch, inline": func(v *variable[*secret], store *secret) { enter(Context{}, func() { v.set(store) }) },
		"Switch, array": func(v *variable[*secret], store *secret) {
			var other variable[int]
			enter(Context{}, func() { other.set(1); v.set(store) })
		},
		"Switch, inline, then array": func(v *variable[*secret], store *secret) {
			var other variable[int]
			enter(Context{}, func() { v.set(store); other.set(1) })
		},
		"Switch from an array, inline": func(v *variable[*secret], store *secret) {
			var a, b variable[int]
			a.set(1)
			b.set(1)
			enter(Context{}, func() { v.set(store) })
		},
		"Switch from an array, inline, captured": func(v *variable[*secret], store *secret) {
			var a, b variable[int]
			a.set(1)
			b.set(1)
			enter(Context{}, func() { v.set(store); Capture() })
		},
		"Switch, Scope": func(v *variable[*secret], store *secret) { enter(Context{}, func() { v.scope(store) }) },
		"Scope in a Layer": func(v *variable[*secret], store *secret) {
			v.run(nil, func() { v.scope(store); v.scope(nil) })
		},
		"Goroutine": func(v *variable[*secret], store *secret) {
			v.run(store, func() {
				c := Capture()
				testkit.InGoroutine(func() { c.RunGoroutine(func() { v.scope(nil) }) })
			})
		},
	} {
		for _, revoke := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/revoke=%v", what, revoke), func(t *testing.T) {
				testkit.InGoroutine(func() {
					v := &variable[*secret]{revoke: revoke}
					store := newSecret(1)
					gone := weak.Make(store)
					during(v, store)
					store = nil
					testkit.Garbage(t, "the store", gone)
					v.wantNone(t)
					if r := Current(); r != nil {
						wantSound(t, r)
					}
				})
			})
		}
	}
}

// A capture does not keep a revoked store alive.
func TestRevokedStoresAreReleased(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[*secret]{revoke: true}
		run, entered, scoped := newSecret(1), newSecret(2), newSecret(3)
		gone := []weak.Pointer[secret]{weak.Make(run), weak.Make(entered), weak.Make(scoped)}
		var captured []Context
		v.run(run, func() {
			captured = append(captured, Capture())
			v.set(entered)
			captured = append(captured, Capture())
			n := v.scope(scoped)
			captured = append(captured, Capture())
			n.End()
		})
		run, entered, scoped = nil, nil, nil
		for i, p := range gone {
			testkit.Garbage(t, fmt.Sprint("store ", i+1), p)
		}
		for _, c := range captured {
			enter(c, func() { v.wantNone(t) })
		}
		runtime.KeepAlive(captured)
	})
}

func collectSome() { runtime.GC(); runtime.GC(); litter() }
