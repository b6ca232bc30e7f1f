package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// user has the name of the user that the work is for. secret has the same, and must not
// be seen after the work of that user.
var (
	user   = als.New(als.Options[string]{Name: "user", Default: "no user"})
	secret = als.New(als.Options[string]{Name: "secret", Default: "no user", RevokeOnEnd: true})
)

// runAs runs f for a user, with both stores.
func runAs(who string, f func()) {
	user.Run(who, func() { secret.Run(who, f) })
}

// A sighting is a read of a store: for which user, where, the store, the expected one, and
// the reason.
type sighting struct {
	part, who, where, seen, want, why string
}

// sightings collects them, from any goroutine.
type sightings struct {
	mu  sync.Mutex
	all []sighting
}

func (l *sightings) add(s sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, s)
}

const columns = "%-11s %-6s %-21s %-10s %s\n"

// print prints the sightings and returns the wrong ones.
func (l *sightings) print(out io.Writer) (problems []string) {
	for _, s := range l.all {
		line := fmt.Sprintf(columns, s.part, s.who, s.where, s.seen, s.why)
		fmt.Fprint(out, line)
		if s.seen != s.want {
			problems = append(problems, fmt.Sprintf("%s: should be %s", strings.TrimSuffix(line, "\n"), s.want))
		}
	}
	return problems
}
