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

// logWithID writes a line with the ID of the caller's request, or with "-" if there is
// none. The ID comes from requestID only: no caller has one to pass. The token is only for
// the check. A program without a Storage would have to pass the ID like that to every
// function.
func logWithID(token, msg string) {
	id, ok := requestID.GetStore()
	if !ok {
		id = "-"
	}
	console.log(line{id, token, goroutine.ID(), msg})
}

// A line is what one call of logWithID logs.
type line struct {
	id        string
	token     string
	goroutine uint64
	msg       string
}

func (l line) String() string {
	return fmt.Sprintf("%-10s goroutine %-5d %s", l.id, l.goroutine, l.msg)
}

// console gets the lines of the process.
var console journal

// A journal prints lines as they come, or keeps them.
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
