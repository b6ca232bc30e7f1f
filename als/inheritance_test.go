package als_test

import (
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Options.Inherit says which ways to start or to capture work carry a store.
func TestInheritance(t *testing.T) {
	ways := map[string]func(f func()){
		"go":                func(f func()) { go f() },
		"Go":                als.Go,
		"Bind":              func(f func()) { go als.Bind(f)() },
		"Bind, called here": func(f func()) { als.Bind(f)() },
		"Snapshot":          func(f func()) { als.Snapshot().Run(f) },
		"Snapshot.Go":       func(f func()) { als.Snapshot().Go(f) },
		"AfterFunc":         func(f func()) { als.AfterFunc(time.Nanosecond, f) },
	}
	for _, c := range []struct {
		inherit         als.Inheritance
		byGo, byCapture bool
	}{
		{als.InheritAlways, inheriting, true},
		{als.InheritExplicit, false, true},
		{als.InheritNever, false, false},
	} {
		for _, revoke := range []bool{false, true} {
			s := als.New(als.Options[string]{Inherit: c.inherit, RevokeOnEnd: revoke})
			var other, third als.Storage[int]
			for way, start := range ways {
				want := c.byCapture
				if way == "go" {
					want = c.byGo
				}
				sees := func() {
					t.Helper()
					testkit.Through(start, func() {
						_, ok := s.GetStore()
						assert.Equal(t, want, ok, "%v, %s", c.inherit, way)
						_, ok = other.GetStore()
						assert.Equal(t, way != "go" || inheriting, ok, "the other storage, %s", way)
					})
					assert.Equal(t, "x", s.Get(), "still there, %s", way)
				}
				other.Run(1, func() { s.Run("x", sees) })
				s.Run("x", func() {
					other.Run(1, func() {
						sees()
						third.Run(2, sees)
						other.Exit(func() { other.EnterWith(3); sees() })
						sees()
					})
				})
				other.Run(1, func() {
					defer s.WithScope("x").End()
					sees()
				})
			}
		}
	}
}
