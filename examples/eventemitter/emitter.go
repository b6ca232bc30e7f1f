package main

import (
	"slices"
	"sync"
)

// An EventEmitter calls listeners when something happens. The zero EventEmitter has
// none. Any number of goroutines may use it at once.
type EventEmitter struct {
	mu        sync.Mutex
	listeners map[string][]func()
}

// On registers a listener, which is called whenever the event is emitted. It runs in the
// context of the call of Emit, unless it is bound.
func (e *EventEmitter) On(event string, listener func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listeners == nil {
		e.listeners = make(map[string][]func())
	}
	e.listeners[event] = append(e.listeners[event], listener)
}

// Emit calls the current listeners of the event, one after the other, in the order in
// which they were registered. It reports whether there are any.
func (e *EventEmitter) Emit(event string) bool {
	e.mu.Lock()
	listeners := slices.Clone(e.listeners[event])
	e.mu.Unlock()
	for _, listener := range listeners {
		listener()
	}
	return len(listeners) > 0
}
