package main

import (
	"fmt"
	"slices"
)

// steps are the lines of a request: the first and the last in their places, the
// others in any order.
var steps = map[string][]string{
	"later": {"start", "finish"},
	"order": {"start", "query cart", "rows of cart",
		"query price 0", "rows of price 0",
		"query price 1", "rows of price 1",
		"query price 2", "rows of price 2", "finish"},
	"mail": {"start", "deliver", "delivered", "finish"},
}

// check compares the lines with the replies to the clients, and returns the problems:
// lines without the ID that the client was told for the token; lines that are missing,
// belong to no request, are too many or in the wrong place; an ID of two requests; and an
// ID of a client that was not taken.
func check(lines []line, replies []reply) (problems []string) {
	byToken, tokens := make(map[string]reply), make(map[string]string)
	for _, r := range replies {
		byToken[r.token] = r
		if other, ok := tokens[r.id]; ok {
			problems = append(problems, fmt.Sprintf("%s and %s both have ID %s", other, r.token, r.id))
		}
		tokens[r.id] = r.token
		if r.wish.id != "" && r.wish.id != r.id {
			problems = append(problems, fmt.Sprintf("%s asked for ID %s and has %s", r.token, r.wish.id, r.id))
		}
	}

	got := make(map[string][]string)
	for _, l := range lines {
		r, ok := byToken[l.token]
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("%v   <- no client has sent %s", l, l.token))
		case l.id != r.id:
			problems = append(problems, fmt.Sprintf("%v   <- should be %s", l, r.id))
		}
		got[l.token] = append(got[l.token], l.msg)
	}

	for _, r := range replies {
		if got, want := got[r.token], steps[r.what]; !sameSteps(got, want) {
			problems = append(problems, fmt.Sprintf("%s logged %q, not %q", r.id, got, want))
		}
	}
	return problems
}

// sameSteps reports whether got is want, except for the order between first and last.
func sameSteps(got, want []string) bool {
	last := len(want) - 1
	return len(got) == len(want) && got[0] == want[0] && got[last] == want[last] &&
		slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}
