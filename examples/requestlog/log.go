package main

import (
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
)

// requestID is the ID of the request that the caller works for, wherever it is.
var requestID als.Storage[int]

// logWithID writes a line with the ID of the caller's request, or with "-" where
// there is none. The ID comes from requestID and from nowhere else: no caller has
// one to pass. The token is there for the check alone; it is what a program without
// a Storage would have to pass to every function, and what this one could drop.
func logWithID(token, msg string) {
	id, ok := requestID.GetStore()
	console.log(line{id, ok, token, goroutine.ID(), msg})
}

// A line is what logWithID found out and was told.
type line struct {
	id        int
	hasID     bool // 0 is an ID, too
	token     string
	goroutine uint64
	msg       string
}

func (l line) String() string {
	id := "-"
	if l.hasID {
		id = strconv.Itoa(l.id)
	}
	return fmt.Sprintf("%4s: %-8s goroutine %-6d %s", id, l.token, l.goroutine, l.msg)
}

// console is where the lines of the process go.
var console journal

// A journal prints lines as they come and, if it is to, keeps them.
type journal struct {
	mu    sync.Mutex // guards the rest, and keeps lines whole
	out   io.Writer
	keep  bool
	lines []line
}

func (j *journal) reset(out io.Writer, keep bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.out, j.keep, j.lines = out, keep, nil
}

func (j *journal) log(l line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintln(j.out, l)
	if j.keep {
		j.lines = append(j.lines, l)
	}
}

// kept returns the lines since reset. Nobody may log any more.
func (j *journal) kept() []line {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines
}
