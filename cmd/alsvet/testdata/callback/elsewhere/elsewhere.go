// Package elsewhere hands functions to others that run them on other goroutines.
package elsewhere

import (
	"example.com/library/spawn"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work()         { user.Get() }
func quiet()        {}
func fail() error   { user.Get(); return nil }
func handle(string) { user.Get() }

type server struct{ jobs chan func() }

func (s *server) serve() { user.Get() }

func (s *server) loop() {
	for job := range s.jobs {
		job()
	}
}

func wrappers(p *spawn.Pool, s *server, sp spawn.Spawner) {
	spawn.SafeGo(work) // want `spawn.SafeGo runs its argument on another goroutine`
	spawn.SafeGo(quiet)
	spawn.SafeGo(s.serve)          // want `spawn.SafeGo runs`
	spawn.Deeper("a", work, work)  // want `spawn.Deeper runs` `spawn.Deeper runs`
	p.Do(func() { work() })        // want `p.Do runs`
	p.Named("a", work)             // want `p.Named runs`
	p.Wrapped(fail)                // want `p.Wrapped runs`
	p.Queue(work)                  // want `p.Queue runs`
	p.Submit(spawn.Job{Run: work}) // want `p.Submit runs`
	p.Handle(handle)
	p.Run(work)
	sp.Go(work) // want `sp.Go runs`
	sp.Go(als.Bind(work))
	spawn.SafeGo(als.Bind(work))
	start := spawn.SafeGo
	start(work) // want `start runs`
	submit := p.Do
	submit(work) // want `submit runs`
	local := func(f func()) { go f() }
	local(work) // want `local runs`
}

type job struct {
	name string
	run  func()
}

func channels(jobs chan<- func(), structs chan<- *job) {
	jobs <- work // want `a function that is sent on jobs runs without the sender's stores`
	jobs <- quiet
	jobs <- als.Bind(work)
	jobs <- func() { work() }     // want `sent on jobs`
	structs <- &job{"a", work}    // want `sent on structs`
	structs <- &job{run: s.serve} // want `sent on structs`
	j := &job{run: work}          // want `sent on structs`
	structs <- j
}

var s server

// A loop must not be bound.
func loops(p *spawn.Pool) {
	spawn.SafeGo(s.loop)           // want `also works for other callers \(it ranges over the channel s.jobs \(elsewhere.go:\d+\)\), which would see this caller's stores`
	spawn.SafeGo(als.Bind(s.loop)) // want `als.Bind shows them this caller's stores`
}

// A queue of another package, and hooks that stay there.
func rings(r *spawn.Ring, h *spawn.Hooks) error {
	h.Add(work)
	return r.Submit(work) // want `r.Submit runs its argument on another goroutine`
}

// A go statement that reads a store itself carries the stores of its callers once it is fixed.
func told(name string, jobs chan func()) {
	both(name, work)
	logged(nil, work)
	own(name, work)
	only(name, work)       // want `only runs its argument`
	kept(name, work)       // want `kept runs its argument`
	sent(name, work, jobs) // want `sent runs its argument`
	silent(name, work)     // want `silent runs its argument`
	loses(name, work)      // want `loses runs its argument`
}

func both(name string, f func()) {
	done := make(chan struct{})
	go func() { handle(name); f(); close(done) }()
	<-done
}

func logged(l interface{ Warnf(string) }, f func()) {
	done := make(chan struct{})
	go func() { l.Warnf("begins"); f(); close(done) }()
	<-done
}

func own(name string, f func()) {
	go func() {
		user.Run(name, func() { f() })
	}()
}

func only(name string, f func()) {
	done := make(chan struct{})
	go func() { _ = name; f(); close(done) }()
	<-done
}

func kept(name string, f func()) { // nothing shows how long it loops
	go func() {
		for s.next() {
			handle(name)
			f()
		}
	}()
}

func sent(name string, f func(), jobs chan func()) {
	done := make(chan struct{})
	go func() { handle(name); f(); close(done) }()
	<-done
	jobs <- f
}

func silent(name string, f func()) {
	done := make(chan struct{})
	//alsvet:ignore gostmt handle needs no store here
	go func() { handle(name); f(); close(done) }()
	<-done
}

func loses(name string, f func()) {
	done := make(chan struct{})
	go func() { handle(name); f(); close(done) }()
	go f()
	<-done
}

func (s *server) next() bool { return <-s.jobs != nil }
