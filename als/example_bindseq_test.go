package als_test

import (
	"fmt"
	"iter"

	"github.com/seed-1938943e/goroutine/als"
)

// Which stores does a sequence see when another function ranges over it? Those of the
// loop. A sequence from BindSeq sees those of the BindSeq call, and the body of the loop
// still sees those of the loop.
func ExampleBindSeq() {
	var user als.Storage[string]

	var pages iter.Seq[string] = func(yield func(string) bool) {
		for i := range 2 {
			if !yield(fmt.Sprintf("page %d for %s", i, user.Get())) {
				return
			}
		}
	}
	bound := als.RunFunc(&user, "alice", func() iter.Seq[string] { return als.BindSeq(pages) })

	user.Run("auditor", func() {
		for page := range pages {
			fmt.Println(user.Get(), "reads", page)
		}
		for page := range bound {
			fmt.Println(user.Get(), "reads", page)
		}
	})
	// Output:
	// auditor reads page 0 for auditor
	// auditor reads page 1 for auditor
	// auditor reads page 0 for alice
	// auditor reads page 1 for alice
}
