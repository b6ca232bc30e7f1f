package main

import (
	"os"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// searches searches three times for alice, and once for bruno.
func searches(user *als.Storage[string]) error {
	for name, times := range map[string]int{"alice": 3, "bruno": 1} {
		for range times {
			user.Run(name, func() { search() })
		}
	}
	return parked("search")
}

// search asks two servers and returns the first answer. The goroutine that asks the
// other one leaks: it sends to a channel without room, which no goroutine can receive from.
func search() string {
	answers := make(chan string)
	for _, server := range []string{"a", "b"} {
		go ask(server, answers)
	}
	return <-answers
}

func ask(server string, answers chan<- string) { answers <- "found by " + server }

// unseen are ways to leave a goroutine behind that the leak profile misses. It has only
// goroutines that wait for a channel, or a lock of package sync, which neither a package
// variable nor another goroutine that can go on refers to.
var unseen = []struct {
	what  string
	leave func(user *als.Storage[string]) error
}{
	{"it waits for a channel in a package variable", leave(subscribe, "subscribe")},
	{"it waits for a channel in its own store", leave(waitForOwnStore, "waitForOwnStore")},
	{"it waits for a file or a connection", leave(readPipe, "readPipe")},
	{"it waits for a timer", leave(tick, "tick")},
}

// leave returns a function that calls fn for alice; fn leaves a goroutine behind.
func leave(fn func(), name string) func(user *als.Storage[string]) error {
	return func(user *als.Storage[string]) error {
		user.Run("alice", fn)
		return parked(name)
	}
}

var subscribers []chan string

// subscribe forgets to remove the subscriber at its end.
func subscribe() {
	c := make(chan string)
	subscribers = append(subscribers, c)
	go receive(c)
}

func receive(c <-chan string) { <-c }

var inbox = als.New(als.Options[chan string]{Name: "inbox"})

// waitForOwnStore waits for a message that no goroutine can send any more. Its stores belong to
// the goroutine, but the collector finds them as long as it exists.
func waitForOwnStore() {
	inbox.Run(make(chan string), func() { go func() { receive(inbox.Get()) }() })
}

var pipes []*os.File

// readPipe reads from a client that says nothing, and stays connected.
func readPipe() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	pipes = append(pipes, w)
	go read(r)
}

func read(r *os.File) { _, _ = r.Read(make([]byte, 1)) }

// tick polls for as long as the program runs.
func tick() { go sleep() }

func sleep() {
	for {
		time.Sleep(time.Hour)
	}
}
