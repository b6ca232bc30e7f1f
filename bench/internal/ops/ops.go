// Package ops is the one table of what is measured: the questions, their
// operations, and how each system does each of them. The program and the go test
// benchmarks both read it.
//
// A system that is compared calls its own functions directly, in a loop of its own
// of n iterations; nothing lies between the loop and the call.
package ops

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// A Question is what one table of the report answers.
type Question struct {
	Name  string
	Title string
	About string
	Rows  []Row
}

// A Row is one operation, done by several systems.
type Row struct {
	Name    string // key=value parts, separated by slashes
	Label   string // what we do
	Against string // what the baseline does
	Procs   int    // GOMAXPROCS while it is measured, 0 for what it is
	Crowd   int    // how many other goroutines hold stores meanwhile
	Impls   []Impl // the baseline first
}

// An Impl is how one system does an operation.
type Impl struct {
	System System

	// Loop does the operation n times. It is nil where only Hold counts.
	Loop func(n int)

	// Around calls f inside of what Loop needs: scopes and values that were set
	// before. nil is nothing.
	Around func(f func())

	// Hold calls wait while the calling goroutine holds a value, as a goroutine of
	// the crowd does. nil is nothing.
	Hold func(wait func())
}

// Within calls f inside of what the implementation needs.
func (i Impl) Within(f func()) {
	if i.Around == nil {
		f()
		return
	}
	i.Around(f)
}

// Find returns the row of a name and the implementation of a system in it.
func Find(questions []Question, row string, system System) (Row, Impl, bool) {
	for _, q := range questions {
		for _, r := range q.Rows {
			if r.Name != row {
				continue
			}
			for _, i := range r.Impls {
				if i.System == system {
					return r, i, true
				}
			}
		}
	}
	return Row{}, Impl{}, false
}

// Uses says whether a system takes part in any row.
func Uses(questions []Question, s System) bool {
	for _, q := range questions {
		for _, r := range q.Rows {
			if slices.ContainsFunc(r.Impls, func(i Impl) bool { return i.System == s }) {
				return true
			}
		}
	}
	return false
}

// A kit is what a system brings: its operations by the name of their row, and the
// parts from which the operations are made that are alike for all.
type kit struct {
	system System
	rows   map[string]Impl

	// scope calls f with the system's variable set to v.
	scope func(v *user, f func())

	// others calls f with n other variables set. nil if there is no such thing.
	others func(n int, f func())

	// start starts a goroutine that carries the values. nil if there is no such
	// thing.
	start func(f func())
}

// kits are the systems that this binary holds. The file of a system adds its own;
// a build tag leaves it out.
var kits = map[System]func() kit{}

func add(system System, make func() kit) { kits[system] = make }

// Linked says whether this binary holds a system.
func Linked(s System) bool {
	if peer, ok := Peers[s]; ok && peer.Tag != "" {
		return slices.Contains(linked(), s)
	}
	return true
}

func linked() []System {
	return slices.Concat(slices.Collect(maps.Keys(kits)), slices.Collect(maps.Keys(tables)))
}

type user struct{ name, mail string }

var alice = &user{"alice", "a@example.com"}

// sink keeps what the loops compute alive.
var sink atomic.Int64

func nothing() {}

// spawn starts n goroutines that run done.Done, one after the other.
func spawn(n int, start func(f func())) {
	var done sync.WaitGroup
	f := done.Done
	for range n {
		done.Add(1)
		start(f)
		done.Wait()
	}
}

// batch starts n goroutines, 64 at a time.
func batch(n int, start func(f func())) {
	var done sync.WaitGroup
	f := done.Done
	for n > 0 {
		k := min(n, 64)
		done.Add(k)
		for range k {
			start(f)
		}
		done.Wait()
		n -= k
	}
}

// spawnWork starts n goroutines that work, one after the other.
func spawnWork(n int, start func(f func()), work func()) {
	var done sync.WaitGroup
	f := func() { work(); done.Done() }
	for range n {
		done.Add(1)
		start(f)
		done.Wait()
	}
}

// deep calls f below n scopes.
func deep(scope func(*user, func()), n int, f func()) {
	if n == 0 {
		f()
		return
	}
	scope(alice, func() { deep(scope, n-1, f) })
}

// keepFunc and keepAny let their argument escape, as keeping it for later would.
func keepFunc(f func()) { keptFunc = f }
func keepAny(v any)     { keptAny = v }

var (
	keptFunc func()
	keptAny  any
)

//go:noinline
func useInt(int) {}

func repeat(n int, f func()) {
	for range n {
		f()
	}
}
