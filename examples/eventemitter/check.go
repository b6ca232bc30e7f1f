package main

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/hooks"
)

// A sighting is the report of a listener.
type sighting struct {
	listener  string // bound or plain
	request   string // whose 'close' it was
	how       string // answered or hung up on
	want, got place
	goroutine uint64
}

// A place is a store and the IDs of an async scope.
type place struct {
	store       string
	id, trigger hooks.ID
}

func (p place) String() string {
	store := p.store
	if store == "" {
		store = "nothing"
	}
	return fmt.Sprintf("in %s, in %d, caused by %d", store, p.id, p.trigger)
}

func (s sighting) String() string {
	return fmt.Sprintf("%s was %s: %s listener %v (goroutine %d)", s.request, s.how, s.listener, s.got, s.goroutine)
}

// check returns the problems in the sightings of requests 1 to n.
func check(sightings []sighting, n int) (problems []string) {
	type key struct{ listener, request string }
	times := make(map[key]int)
	for _, s := range sightings {
		times[key{s.listener, s.request}]++
		if s.got != s.want {
			problems = append(problems, fmt.Sprintf("%v   <- should be %v", s, s.want))
		}
	}
	for i := 1; i <= n; i++ {
		for _, listener := range []string{"bound", "plain"} {
			request := fmt.Sprintf("request %d", i)
			if got := times[key{listener, request}]; got != 1 {
				problems = append(problems, fmt.Sprintf("%s: its %s listener was called %d times", request, listener, got))
			}
		}
	}
	return problems
}
