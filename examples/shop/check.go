package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// want is the trace of a request: these spans, with these parents.
const want = `front  order
front     announce
mail         consume
mail            deliver
front     price
front        shop.Stock/Price
stock           shop.Stock/Price
stock              look up
stock                 sql.conn.query
`

// messages are those that each request logs, with the process that logs them.
var messages = map[string]string{"ordered": "front", "looked up": "stock", "delivered": "mail"}

// A line is one line of the log. Its order is a parameter of the function that logs; the
// stores or the context of the request supply the rest.
type line struct {
	Message string `json:"msg"`
	Order   string
	Request string
	User    string
	Trace   string `json:"trace_id"`

	Allocations int64 // of a process's last line
	process     string
}

// A verdict counts the problems of a run.
type verdict struct {
	lines, spans            int
	missing, wrong, foreign int
	first                   string // the first problem
}

func (v *verdict) ok() bool { return v.missing+v.wrong+v.foreign == 0 }

func (v *verdict) err() error {
	if v.ok() {
		return nil
	}
	return errors.New("shop: " + v.first)
}

func (v *verdict) note(count *int, format string, args ...any) {
	*count++
	if v.first == "" {
		v.first = fmt.Sprintf(format, args...)
	}
}

func idOf(number string) string { return "r-" + number }

// check compares the answers with the log and the traces.
func check(answers map[string]answer, log []line, traces map[string][]span) *verdict {
	v := &verdict{lines: len(log)}
	seen := map[string]int{}
	for _, l := range log {
		a, ok := answers[l.Order]
		switch {
		case !ok || messages[l.Message] != l.process:
			v.note(&v.foreign, "%s logs %+v", l.process, l)
		case l.Request != a.Request || l.User != a.User || l.Trace != a.Trace:
			v.note(&v.wrong, "%s logs %+v, not %+v", l.process, l, a)
		default:
			seen[l.Order]++
		}
	}
	used := map[string]bool{}
	for number, a := range answers {
		if a.Request != idOf(number) || a.User != userFor(number) || a.Price != int64(len(number))*100 || used[a.Trace] {
			v.note(&v.wrong, "order %s is answered by %+v", number, a)
		}
		used[a.Trace] = true
		if seen[number] != len(messages) {
			v.note(&v.missing, "order %s has %d lines instead of %d", number, seen[number], len(messages))
		}
		if got := tree(traces[a.Trace]); got != want {
			v.note(&v.missing, "the trace of order %s is\n%sinstead of\n%s", number, got, want)
		}
		v.spans += len(traces[a.Trace])
	}
	for trace, spans := range traces {
		if !used[trace] {
			v.note(&v.foreign, "a trace of its own, %s:\n%s", trace, tree(spans))
		}
	}
	return v
}

// userFor returns the user that places an order.
func userFor(number string) string { return "user-" + number[len(number)-1:] }

// parse reads a line of a process's log.
func parse(process, text string) (line, error) {
	l := line{process: process}
	err := json.NewDecoder(strings.NewReader(text)).Decode(&l)
	return l, err
}
