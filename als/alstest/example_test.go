package alstest_test

import (
	"fmt"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alstest"
)

var user = als.New(als.Options[string]{Name: "user"})

func greeting() string { return "hello " + user.Get() }

// How does a test set a store for the code that it tests? With sets it until the end of
// the test. Check fails the test if it leaves a store behind.
func ExampleWith() {
	TestGreeting := func(t testing.TB) {
		alstest.Check(t)
		alstest.With(t, user, "alice")
		if got := greeting(); got != "hello alice" {
			t.Errorf("greeting: %s", got)
		}
		fmt.Println(greeting())
	}
	run(TestGreeting)
	fmt.Println(greeting())
	// Output:
	// hello alice
	// hello
}

// Which goroutines still hold stores? Holders lists them, and where they were started.
func ExampleHolders() {
	end := make(chan struct{})
	begun, ended := make(chan struct{}), make(chan struct{})
	user.Run("alice", func() {
		als.Go(func() {
			close(begun)
			<-end
			close(ended)
		})
	})
	<-begun
	for _, h := range alstest.Holders() {
		fmt.Println(h.State, h.Stores) // and its ID, where it was started, and its stack
	}
	close(end)
	<-ended
	// Output: chan receive [user]
}

// run calls test as package testing does, and then its cleanups.
func run(test func(testing.TB)) {
	t := &runner{}
	test(t)
	for i := range t.cleanups {
		t.cleanups[len(t.cleanups)-1-i]()
	}
}

type runner struct {
	testing.TB
	cleanups []func()
}

func (r *runner) Helper()                           {}
func (r *runner) Cleanup(fn func())                 { r.cleanups = append(r.cleanups, fn) }
func (r *runner) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
