package main

import (
	"fmt"
	"strings"

	"github.com/seed-1938943e/goroutine/hooks"
)

// A sighting is the report of a callback: its context, and the answer.
type sighting struct {
	what      string // city, orders or voucher
	want, got place
	data      string
	goroutine uint64
}

// A place is a store and the IDs of an async scope.
type place struct {
	request     request
	hasRequest  bool
	id, trigger hooks.ID
}

func (p place) String() string {
	in := "no request"
	if p.hasRequest {
		in = p.request.String()
	}
	return fmt.Sprintf("in %s, in %d, caused by %d", in, p.id, p.trigger)
}

func (s sighting) String() string {
	return fmt.Sprintf("callback %s: %v: %s (goroutine %d)", s.what, s.got, s.data, s.goroutine)
}

// answer formats the data or the error of a query.
func answer(data row, err error) string {
	if err != nil {
		return err.Error()
	}
	return strings.Trim(fmt.Sprint([]any(data)), "[]")
}

// expected returns the answers for user<i> from the data of openDatabase.
func expected(i int) map[string]string {
	voucher := "sql: no rows in result set" // an answer, too, and its callback has the same rights
	if i%2 == 0 {
		voucher = voucherOf(i)
	}
	n := ordersOf(i)
	return map[string]string{
		"city":    cityOf(i),
		"orders":  fmt.Sprint(n, " ", n*(100+i)),
		"voucher": voucher,
	}
}

// check returns the problems in the sightings of requests 1 to n.
func check(sightings []sighting, n int) (problems []string) {
	times := make(map[string]int)
	for _, s := range sightings {
		i := s.want.request.id
		times[fmt.Sprint(i, s.what)]++
		if s.got != s.want {
			problems = append(problems, fmt.Sprintf("%v   <- should be %v", s, s.want))
		}
		if want := expected(i)[s.what]; s.data != want {
			problems = append(problems, fmt.Sprintf("%v   <- the answer for request %d is %s", s, i, want))
		}
	}
	for i := 1; i <= n; i++ {
		for _, what := range []string{"city", "orders", "voucher"} {
			if got := times[fmt.Sprint(i, what)]; got != 1 {
				problems = append(problems, fmt.Sprintf("request %d: %s was called back %d times", i, what, got))
			}
		}
	}
	return problems
}

// goroutines returns how many goroutines the callbacks ran in.
func goroutines(sightings []sighting) int {
	seen := make(map[uint64]bool)
	for _, s := range sightings {
		seen[s.goroutine] = true
	}
	return len(seen)
}
