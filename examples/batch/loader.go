package main

import (
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// A loader fetches items together that are asked for at about the same time.
type loader struct {
	most   int           // how many items a batch has at most
	window time.Duration // how long a batch waits for more items
	fetch  func(items []string) map[string]string

	mu    sync.Mutex // guards the rest
	asked sync.Cond  // on mu: an item was asked for
	next  *batch     // that waits for more items, or nil
	total int        // items asked for so far
}

// A batch is the items of one fetch.
type batch struct {
	items []string
	fetch func() // fetches the items, once
	timer *time.Timer
	done  chan struct{} // closed when found is set
	found map[string]string
}

func newLoader(most int, window time.Duration, fetch func(items []string) map[string]string) *loader {
	l := &loader{most: most, window: window, fetch: fetch}
	l.asked.L = &l.mu
	return l
}

// load returns the item. The fetch runs in the context of the first load of its batch.
func (l *loader) load(item string) string {
	b, complete := l.join(item)
	if complete {
		b.fetch()
	}
	<-b.done
	return b.found[item]
}

// join adds the item to the waiting batch, or to a new one, and reports whether the
// batch is complete then.
func (l *loader) join(item string) (b *batch, complete bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = l.newBatch()
	}
	b = l.next
	b.items = append(b.items, item)
	l.total++
	l.asked.Broadcast()
	if complete = len(b.items) == l.most; complete {
		b.timer.Stop()
		l.next = nil
	}
	return b, complete
}

// newBatch returns a batch whose fetch runs in the context of the caller. It is called
// when the window ends, unless the batch was complete before.
func (l *loader) newBatch() *batch {
	b := &batch{done: make(chan struct{})}
	b.fetch = als.Bind(sync.OnceFunc(func() {
		l.close(b)
		b.found = l.fetch(b.items)
		close(b.done)
	}))
	b.timer = time.AfterFunc(l.window, b.fetch)
	return b
}

// close keeps more items from joining the batch.
func (l *loader) close(b *batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == b {
		l.next = nil
	}
}

// await waits until n items were asked for.
func (l *loader) await(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.total < n {
		l.asked.Wait()
	}
}
