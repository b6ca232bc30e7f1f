package als_test

import (
	"io"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestMustPanicsWhereThereIsNoStore(t *testing.T) {
	named := als.New(als.Options[*int]{Name: "tenant"})
	withDefault := als.New(als.Options[map[string]int]{Default: map[string]int{}})
	var unused als.Storage[error]
	testkit.InGoroutine(func() {
		assert.Equal(t, "als: no store of tenant", testkit.Caught(func() { named.Must() }))
		assert.Equal(t, "als: no store of map[string]int", testkit.Caught(func() { withDefault.Must() }), "a Default is no store")
		assert.Equal(t, "als: no store of error", testkit.Caught(func() { unused.Must() }))
		assert.Equal(t, "als: no store of default", testkit.Caught(func() { als.Must() }))

		named.Run(nil, func() {
			assert.Nil(t, named.Must(), "nil is a store")
			named.Exit(func() { assert.Equal(t, "als: no store of tenant", testkit.Caught(func() { named.Must() })) })
			p := new(int)
			named.EnterWith(p)
			assert.Same(t, p, named.Must())
			named.Disable()
			assert.Equal(t, "als: no store of tenant", testkit.Caught(func() { named.Must() }))
		})
		unused.Run(io.EOF, func() { assert.Equal(t, io.EOF, unused.Must()) })
	})
}

func TestMustPanicsWhenTheStoreIsRevoked(t *testing.T) {
	s := als.New(als.Options[int]{Name: "session", RevokeOnEnd: true})
	var later als.ExecutionContext
	s.Run(1, func() {
		assert.Equal(t, 1, s.Must())
		later = als.Snapshot()
	})
	later.Run(func() { assert.Equal(t, "als: no store of session", testkit.Caught(func() { s.Must() })) })
}
