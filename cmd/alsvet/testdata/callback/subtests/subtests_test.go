package subtests

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als/alstest"
)

func TestScope(t *testing.T) {
	defer user.WithScope("ann").End()
	t.Run("parallel", func(t *testing.T) { // want `callback: a parallel subtest runs on another goroutine, without the stores of the test: set them in the subtest`
		t.Parallel()
		greet()
	})
	t.Run("waits", func(t *testing.T) { greet() })
	t.Run("reads nothing", func(t *testing.T) {
		t.Parallel()
		plain()
	})
	t.Run("has its own", func(t *testing.T) {
		t.Parallel()
		defer user.WithScope("bob").End()
		greet()
	})
	t.Run("runs with its own", func(t *testing.T) {
		t.Parallel()
		user.Run("bob", func() { greet() })
	})
	t.Run("is given its own", func(t *testing.T) {
		t.Parallel()
		alstest.With(t, &user, "bob")
		greet()
	})
	t.Run("perhaps parallel", func(t *testing.T) { // want `a parallel subtest`
		if testing.Short() {
			t.Parallel()
		}
		greet()
	})
	t.Run("has another", func(t *testing.T) { // want `a parallel subtest`
		t.Parallel()
		greet()
		defer other.WithScope("bob").End()
	})
}

func TestEnterWith(t *testing.T) {
	user.EnterWith("ann")
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) { // want `a parallel subtest`
			t.Log(name)
			t.Parallel()
			greet()
		})
	}
}

func TestRun(t *testing.T) {
	user.Run("ann", func() {
		t.Run("parallel", func(t *testing.T) { // want `a parallel subtest`
			t.Parallel()
			t.Run("nested", func(t *testing.T) { greet() })
		})
	})
}

func TestWith(t *testing.T) {
	alstest.With(t, &user, "ann")
	t.Run("parallel", func(t *testing.T) { // want `a parallel subtest`
		t.Parallel()
		greet()
	})
}

// No store is there when the subtest is started, or none is set at all.
func TestLater(t *testing.T) {
	t.Run("before it", func(t *testing.T) {
		t.Parallel()
		greet()
	})
	defer user.WithScope("ann").End()
}

func TestNested(t *testing.T) {
	t.Run("group", func(t *testing.T) {
		t.Run("only here", func(t *testing.T) {
			defer user.WithScope("ann").End()
			greet()
		})
		t.Run("parallel", func(t *testing.T) {
			t.Parallel()
			greet()
		})
	})
}
