package als_test

import (
	"context"
	"io"
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestTwoResultsAreReturned(t *testing.T) {
	s := als.New(als.Options[int]{Name: "s"})
	s.Run(1, func() {
		n, err := als.RunFunc2(s, 2, func() (int, error) { return s.Get(), io.EOF })
		assert.Equal(t, 2, n)
		assert.Equal(t, io.EOF, err)
		wantStore(t, s, 1)

		ok, text := als.ExitFunc2(s, func() (bool, string) { _, ok := s.GetStore(); return ok, "text" })
		assert.False(t, ok)
		assert.Equal(t, "text", text)
		wantStore(t, s, 1)
	})

	ctx := ambientOf(1)
	assert.True(t, als.RunContextFunc(ctx, als.Context) == ctx)
	got, err := als.RunContextFunc2(ctx, func() (context.Context, error) { return als.Context(), io.EOF })
	assert.True(t, got == ctx)
	assert.Equal(t, io.EOF, err)
	assert.True(t, als.Context() == context.Background())
}

// If the function does not return, no result is returned either, and the store is
// restored.
func TestFunctionsWithResultsThatDoNotReturn(t *testing.T) {
	var s als.Storage[int]
	for name, run := range map[string]func(end func()){
		"RunFunc":   func(end func()) { als.RunFunc(&s, 2, func() int { end(); return 1 }) },
		"RunFunc2":  func(end func()) { als.RunFunc2(&s, 2, func() (int, error) { end(); return 1, nil }) },
		"ExitFunc":  func(end func()) { als.ExitFunc(&s, func() int { end(); return 1 }) },
		"ExitFunc2": func(end func()) { als.ExitFunc2(&s, func() (int, error) { end(); return 1, nil }) },
		"RunContextFunc": func(end func()) {
			als.RunContextFunc(ambientOf(2), func() int { end(); return 1 })
		},
		"RunContextFunc2": func(end func()) {
			als.RunContextFunc2(ambientOf(2), func() (int, error) { end(); return 1, nil })
		},
	} {
		testkit.InGoroutine(func() {
			s.EnterWith(1)
			defer als.WithContext(ambientOf(1)).End()
			before := als.Context()
			restored := func() {
				wantStore(t, &s, 1, name)
				assert.True(t, als.Context() == before, name)
			}
			assert.Equal(t, "panic", testkit.Caught(func() { run(func() { panic("panic") }) }), name)
			restored()
			defer restored()
			run(runtime.Goexit)
			t.Errorf("%s returned", name)
		})
	}
}
