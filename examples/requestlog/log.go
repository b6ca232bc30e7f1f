package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
)

// requestID is the ID of the request that the caller works for.
var requestID als.Storage[string]

// logWithID writes a line with the ID of the caller's request, or with "-" where
// there is none. The ID comes from requestID and from nowhere else: no caller has
// one to pass. The token is there for the check alone; it is what a program without
// a Storage would have to pass to every function, and what this one could drop.
func logWithID(token, msg string) {
	id, ok := requestID.GetStore()
	if !ok {
		id = "-"
	}
	console.log(line{id, token, goroutine.ID(), msg})
}

// A line is what logWithID found out and was told.
type line struct {
	id        string
	token     string
	goroutine uint64
	msg       string
}

func (l line) String() string {
	return fmt.Sprintf("%-10s goroutine %-5d %s", l.id, l.goroutine, l.msg)
}

// console is where the lines of the process go.
var console journal

// A journal prints lines as they come, if it has where to, and keeps them otherwise.
type journal struct {
	mu    sync.Mutex // guards the rest, and keeps lines whole
	out   io.Writer  // nil to keep the lines
	lines []line
}

func (j *journal) reset(out io.Writer) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.out, j.lines = out, nil
}

func (j *journal) log(l line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.out == nil {
		j.lines = append(j.lines, l)
		return
	}
	fmt.Fprintln(j.out, l)
}

// kept returns the lines since reset. No goroutine may log any more.
func (j *journal) kept() []line {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines
}
