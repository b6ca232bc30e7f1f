package als_test

import (
	"iter"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestBodyOfAnIteratorThatIsPulledStartsWithoutStores(t *testing.T) {
	if inheriting {
		t.Skip("with inheritance it starts with the puller's stores")
	}
	var s als.Storage[string]
	seq := func(yield func(string) bool) {
		wantNone(t, &s)
		s.Run("inside", func() { yield(s.Get()) })
		wantNone(t, &s)
		yield(s.Get())
		s.EnterWith("entered")
		yield(s.Get())
		wantStore(t, &s, "entered")
	}
	s.Run("puller", func() {
		next, stop := iter.Pull(iter.Seq[string](seq))
		defer stop()
		for _, want := range []string{"inside", "", "entered"} {
			got, ok := next()
			assert.True(t, ok)
			assert.Equal(t, want, got)
			wantStore(t, &s, "puller", "the body's stores are its own")
			s.EnterWith("puller")
		}
		_, ok := next()
		assert.False(t, ok)
		wantStore(t, &s, "puller")
	})
}

func TestBindAroundAnIteratorThatIsPulled(t *testing.T) {
	var s als.Storage[string]
	seq := func(yield func(string) bool) {
		for yield(s.Get()) {
			s.EnterWith(s.Get() + "+")
		}
	}
	s.Run("bound", func() {
		bound := als.Bind(iter.Seq[string](seq))
		s.Run("puller", func() {
			next, stop := iter.Pull(bound)
			defer stop()
			for _, want := range []string{"bound", "bound+", "bound++"} {
				got, _ := next()
				assert.Equal(t, want, got)
				wantStore(t, &s, "puller")
			}
		})
	})
}

// The body of the loop is called by the iterator, on the same goroutine.
func TestBodyOfARangeOverFuncSeesItsCaller(t *testing.T) {
	var s als.Storage[string]
	visible := func(yield func(int) bool) {
		for i := range 3 {
			if !yield(i) {
				return
			}
		}
	}
	s.Run("loop", func() {
		for range visible {
			wantStore(t, &s, "loop")
			s.EnterWith("loop")
		}
	})
	replaces := func(yield func(int) bool) { s.Run("iterator", func() { yield(0) }) }
	s.Run("loop", func() {
		for range replaces {
			wantStore(t, &s, "iterator", "the iterator calls the body in a Run")
			break
		}
		wantStore(t, &s, "loop")
		want := "loop"
		for range als.Bind(iter.Seq[int](visible)) { // the body, too, is called inside
			wantStore(t, &s, want)
			want = "changed"
			s.EnterWith(want)
		}
		wantStore(t, &s, "loop", "a bound iterator restores when it ends")
	})
}

func TestBreakAndReturnFromALoopBodyLeaveEnclosures(t *testing.T) {
	var s als.Storage[string]
	seq := func(yield func(int) bool) {
		s.Run("iterator", func() {
			defer s.WithScope("scope").End()
			yield(1)
		})
	}
	leave := func() int {
		for i := range seq {
			return i
		}
		return 0
	}
	s.Run("caller", func() {
		assert.Equal(t, 1, leave())
		wantStore(t, &s, "caller")
		assert.Equal(t, "x", testkit.Caught(func() {
			for range seq {
				panic("x")
			}
		}))
		wantStore(t, &s, "caller")
	})
}
