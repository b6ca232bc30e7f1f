package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-1938943e/goroutine/hooks"
)

// A sighting is the report of a callback for a result: its context, and the result.
type sighting struct {
	pool      string
	request   int // that asked
	task      task
	result    int
	err       error
	goroutine uint64

	store    int
	hasStore bool

	scoped      bool // whether it should have an async scope of its own
	resource    string
	id          hooks.ID
	trigger     hooks.ID
	wantTrigger hooks.ID
}

func (s sighting) String() string {
	scope := ""
	if s.scoped {
		scope = fmt.Sprintf("in %d, caused by %d", s.id, s.trigger)
	}
	what := fmt.Sprintf("request %d: %d + %d = %s", s.request, s.task.a, s.task.b, s.answer())
	return fmt.Sprintf("%-11s %-50s in %-11s %-22s goroutine %d", s.pool+":", what, s.place(), scope, s.goroutine)
}

// place returns the request in the store.
func (s sighting) place() string {
	if !s.hasStore {
		return "no request"
	}
	return "request " + strconv.Itoa(s.store)
}

func (s sighting) answer() string {
	if s.err != nil {
		return s.err.Error()
	}
	return strconv.Itoa(s.result)
}

// expected returns the right answer to a task.
func expected(t task) string {
	if t.a < 0 {
		return fmt.Sprintf("worker: cannot count %d sheep", t.a)
	}
	return strconv.Itoa(t.a + t.b)
}

var pools = []string{"WorkerPool", "ants", "lazy"}

// check returns the problems in the results of requests 1 to n.
func check(sightings []sighting, n int) (problems []string) {
	type key struct {
		pool    string
		request int
		task    task
	}
	times, owner := make(map[key]int), make(map[hooks.ID]task)
	for _, s := range sightings {
		var should []string
		if !s.hasStore || s.store != s.request {
			should = append(should, fmt.Sprintf("in request %d", s.request))
		}
		if s.scoped {
			if s.trigger != s.wantTrigger {
				should = append(should, fmt.Sprintf("caused by %d", s.wantTrigger))
			}
			if s.resource != "WorkerPoolTaskInfo" {
				should = append(should, fmt.Sprintf("in a WorkerPoolTaskInfo, not in %q", s.resource))
			}
			if other, ok := owner[s.id]; ok {
				should = append(should, fmt.Sprintf("not in %d, where %v was", s.id, other))
			}
			owner[s.id] = s.task
		}
		if want := expected(s.task); s.answer() != want {
			should = append(should, want)
		}
		if should != nil {
			problems = append(problems, fmt.Sprintf("%v   <- should be %s", s, strings.Join(should, ", ")))
		}
		times[key{s.pool, s.request, s.task}]++
	}
	for _, pool := range pools {
		for request := 1; request <= n; request++ {
			for _, t := range tasksOf(request) {
				if got := times[key{pool, request, t}]; got != 1 {
					problems = append(problems, fmt.Sprintf("%s: request %d had %d results of %v", pool, request, got, t))
				}
			}
		}
	}
	return problems
}
