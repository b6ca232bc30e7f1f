// Package inheritance makes plain go statements carry the execution context. It is a
// feature above the engine, package async, which reports every change to it through
// [async.Observer].
//
// The runtime copies one pointer from a goroutine to those that it starts: the pointer to
// its profiler labels. In each goroutine with stores it points to a link of a chain. A link
// begins with a set of labels, which shows those that the user has set. Only this package
// reads the words that follow:
//
//	node  = set, the link below, one cell        48 or 64 bytes, published by a Run
//	base  = set in front of the cells of a context
//
// A record's cells stay writable. A Run writes one cell and publishes one node above the
// link that was published before; its end publishes that link again. New goroutines
// inherit the chain. One that uses the engine for the first time walks the chain once and
// takes the innermost cell of each key. It stores the result in the first node, for other
// goroutines that inherit it.
//
// # Who writes what
//
// The goroutine that publishes a link writes it before, except a node's below. That is
// replaced by goroutines that have inherited the node, with a base that holds the same
// stores as the chain from the node on: a walk gets the same from either. Its store and
// loads are atomic. The three words of the set are never written again, because the
// runtime reads them without atomics.
//
// A goroutine that has inherited a chain and never used the engine thus keeps stores that
// inner Runs hid, at most maxDepth of them. A Run directly inside another of the same key
// hides none: its node replaces the other's.
//
// Record.Published returns the link that the goroutine has published last. Labels that
// the user sets replace it; the next use of the engine publishes again, with the new
// labels (Current).
package inheritance

import (
	"sync/atomic"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// An observer publishes the stores of goroutines in their labels.
type observer struct {
	labelset.Access
	detached func() bool
}

// Options are the access of inheritance to goroutines.
type Options struct {
	Access labelset.Access

	// Detached reports whether the calling goroutine, which uses the engine for the first
	// time, starts without stores.
	Detached func() bool

	// Offset is that of the pointer to the labels in a g, 0 if it is not known.
	Offset uintptr
}

// Begin turns inheritance on for the rest of the program. Goroutines that already run
// take part from their next use of the engine on.
func Begin(o Options) {
	all := &observer{o.Access, o.Detached}
	async.UseLabels(&all.Access, o.Offset)
	async.LabelsWanted.Store(true)
	active.Store(all)
	async.Observe(async.Inherits, all)
	async.Current() // publishes the stores that the caller has already
}

// Sync does what every use of the engine does under inheritance: it gives a new goroutine
// the stores that it was started with, and publishes those of its record.
func Sync() { async.Current() }

// onDetach is set by OnDetach.
var onDetach atomic.Pointer[func(user []labelset.Label, c async.Context) *labelset.Set]

// OnDetach sets the function that makes the labels of a goroutine that starts without the
// stores of c, for a search for losses. nil removes it.
func OnDetach(f func(user []labelset.Label, c async.Context) *labelset.Set) {
	if f == nil {
		onDetach.Store(nil)
	} else {
		onDetach.Store(&f)
	}
}

// active is the observer, nil while inheritance is off.
var active atomic.Pointer[observer]

// On reports whether inheritance is on.
func On() bool { return active.Load() != nil }

// Access returns how goroutines read and write their labels, nil while inheritance is
// off.
func Access() *labelset.Access {
	if o := active.Load(); o != nil {
		return &o.Access
	}
	return nil
}
