// Package ops is the table of everything that is measured: the questions, their
// operations, and each system's implementation. The program and the go test
// benchmarks both read it.
//
// Each system has a loop of its own of n iterations, which calls the system's
// functions directly.
package ops

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// A Question is one table of the report.
type Question struct {
	Name  string
	Title string
	About string
	Rows  []Row
}

// A Row is one operation, done by several systems.
type Row struct {
	Name    string // key=value parts, separated by slashes
	Label   string // our operation
	Against string // the operation of the baseline
	Procs   int    // GOMAXPROCS during the measurement; 0 changes nothing
	Crowd   int    // number of other goroutines that hold stores meanwhile
	Impls   []Impl // the baseline first
}

// An Impl is one system's implementation of an operation.
type Impl struct {
	System System

	// Loop does the operation n times. It is nil if only Hold is used.
	Loop func(n int)

	// Around calls f inside the scopes and with the values that Loop needs. nil
	// calls f directly.
	Around func(f func())

	// Hold calls wait while the calling goroutine, one of a crowd, holds a value. nil
	// is an implementation without a crowd.
	Hold func(wait func())
}

// Within calls f by Around.
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

// Uses reports whether a system is in any row.
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

// A kit has a system's operations by the name of their row, and functions from which
// the operations that are alike for all systems are built.
type kit struct {
	system System
	rows   map[string]Impl

	// scope calls f with the system's variable set to v.
	scope func(v *user, f func())

	// others calls f with n other variables set. nil if the system cannot.
	others func(n int, f func())

	// request calls f with n variables set that were first set together. nil if it makes no
	// difference.
	request func(n int, f func())

	// collided reads a variable that collides with three others.
	collided Impl

	// start starts a goroutine that carries the values. nil if the system cannot.
	start func(f func())
}

// kits are the systems that are linked into this binary. The file of a system adds
// its own; a build tag leaves it out.
var kits = map[System]func() kit{}

func add(system System, newKit func() kit) { kits[system] = newKit }

// Linked reports whether a system is linked into this binary.
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

// sink keeps the results of the loops, so that no call is optimized away.
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

// keepFunc and keepAny let their argument escape, as in a program that keeps it.
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
