// Batch is a dataloader: goroutines of a request each load one item, and one query
// fetches them all. There is a loader for each request, in a store, so that a query has
// the rights of one user only.
//
//	go run ./examples/batch
//
// loads items in goroutines of all users at the same time. First all share one loader,
// and the first user's query fetches the items of all users.
package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "batch",
	Shows: "items that goroutines of a request load one by one are fetched in one query, in that request's name",
	Wrong: "one loader for all requests, so the first user's query fetches everything",
	Right: "one loader for each request, in a store that the goroutines of the request inherit",
	Run:   run,
}

func main() { program.Main() }

// window is long so that the output is always the same. A server would take a millisecond.
const window = 10 * time.Second

var items = []string{"profile", "orders"}

// current is the loader of the request.
var current als.Storage[*loader]

// load returns an item. It has no parameter for the loader nor for the user.
func load(item string) string { return current.Get().load(item) }

func run(c *users.Check) error {
	shared := newLoader(len(items)*c.Users, window, query)
	first := make(chan struct{}) // closed once the first user has asked for an item
	results := make([][]string, c.Users)
	c.Together(func(i int) {
		l := shared
		if !c.Wrong {
			l = newLoader(len(items), window, query)
		}
		current.Run(l, func() { results[i] = serve(i, first) })
	})
	for i, result := range results {
		var saw []string
		for _, r := range result {
			_, by, _ := strings.Cut(r, " by ")
			saw = append(saw, by)
		}
		c.Report(users.Name(i), users.Name(i)+" gets "+strings.Join(result, "; "), saw...)
	}
	return nil
}

// serve serves a request: it loads every item in a goroutine of its own.
func serve(i int, first chan struct{}) []string {
	if i > 0 {
		<-first
	}
	results := make([]string, len(items))
	var loaded sync.WaitGroup
	for k, item := range items {
		loaded.Add(1)
		als.Go(func() {
			defer loaded.Done()
			results[k] = load(item)
		})
	}
	if i == 0 {
		current.Get().await(1)
		close(first)
	}
	loaded.Wait()
	return results
}

// query stands for a database. Its answer names the user and the number of items of the
// query.
func query(items []string) map[string]string {
	found := make(map[string]string)
	for _, item := range slices.Compact(slices.Sorted(slices.Values(items))) {
		found[item] = fmt.Sprintf("%s, in a query for %d items by %s", item, len(items), users.Current())
	}
	return found
}
