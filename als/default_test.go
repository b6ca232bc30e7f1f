package als_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestPackageFunctionsAreTheMethodsOfTheDefaultStorage(t *testing.T) {
	s := als.Default()
	assert.Same(t, s, als.Default())
	both := func(want any, wantOK bool) {
		t.Helper()
		got, ok := als.GetStore()
		assert.Equal(t, wantOK, ok)
		assert.Equal(t, want, got)
		got, ok = s.GetStore()
		assert.Equal(t, wantOK, ok)
		assert.Equal(t, want, got)
		assert.Equal(t, want, als.Get())
		if wantOK {
			assert.Equal(t, want, als.Must())
		} else {
			assert.Equal(t, "als: no store of default", testkit.Caught(func() { als.Must() }))
		}
	}
	testkit.InGoroutine(func() {
		both(nil, false)
		als.Run(1, func() {
			both(1, true)
			s.Run("two", func() { both("two", true) })
			als.Run(nil, func() { both(nil, true) })
			als.Exit(func() {
				both(nil, false)
				als.EnterWith(2.5)
				both(2.5, true)
			})
			both(1, true)
			s.EnterWith([]int{1})
			both([]int{1}, true)
			testkit.Through(als.Go, func() { both([]int{1}, true) })
			scope := als.WithScope("scope")
			both("scope", true)
			scope.End()
			both([]int{1}, true)
		})
		both(nil, false)
		als.EnterWith("entered")
		both("entered", true)
		als.Disable()
		both(nil, false)
		als.Run(3, func() { both(3, true) })
	})
}

func TestDefaultStorageIsJustAnotherStorage(t *testing.T) {
	var mine als.Storage[any]
	mine.Run(1, func() {
		_, ok := als.GetStore()
		assert.False(t, ok)
		als.Run(2, func() { wantStore(t, &mine, any(1)) })
		als.Disable()
		wantStore(t, &mine, any(1))
	})
}
