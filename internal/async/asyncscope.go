package async

import "sync/atomic"

// An AsyncScope is the async scope that a goroutine is in. That of a resource is
// read-only, and any number of goroutines may be in it. That of a goroutine which Go
// started lies in its record, and is read and written by that goroutine only. The zero
// AsyncScope is none.
type AsyncScope struct {
	ID       uint64
	Trigger  uint64
	Resource any // nil for a goroutine until CurrentAsyncScope first returns its resource
}

// RootID is the ID outside any async scope.
const RootID = 1

// Identified reports whether goroutines which Go starts are async scopes. Package hooks
// sets it when it is initialized, because only its users can read the IDs. Without hooks
// Go draws no IDs: all processors would write to that one word.
var Identified atomic.Bool

var lastID atomic.Uint64

func init() { lastID.Store(RootID) }

// NewID returns an ID that is higher than all that were returned before.
func NewID() uint64 { return lastID.Add(1) }

// CurrentID returns the ID of the async scope that the caller is in.
func CurrentID() uint64 { return Current().id() }

func (r *Record) id() uint64 {
	if a := r.asyncScope(); a != nil {
		return a.ID
	}
	return RootID
}

// CurrentTrigger returns the ID of the resource that caused the async scope that the
// caller is in, 0 if it is in none.
func CurrentTrigger() uint64 {
	if a := Current().asyncScope(); a != nil {
		return a.Trigger
	}
	return 0
}

// CurrentAsyncScope returns the async scope that the caller is in. A goroutine
// that Go started gets its resource here if it has none yet.
func CurrentAsyncScope() AsyncScope {
	a := Current().asyncScope()
	if a == nil {
		return AsyncScope{ID: RootID}
	}
	if a.Resource == nil {
		a.Resource = &Goroutine{a.ID}
	}
	return *a
}

// A Goroutine is the resource of a goroutine that Go started.
type Goroutine struct{ ID uint64 }

// beginAsyncScope takes over the async scope that t carries.
func (x *extras) beginAsyncScope(t *task) {
	x.own.ID, x.own.Trigger = t.id, t.trigger
	t.id = 0
	if t.resource != nil {
		x.own.Resource, t.resource = t.resource, nil
	}
}

// endAsyncScope leaves the async scope that beginAsyncScope took over.
func (x *extras) endAsyncScope() {
	x.own.ID = 0
	if x.own.Resource != nil {
		x.own.Resource = nil
	}
}

// EnterAsyncScope switches to c and into the async scope a, which must not change from
// now on.
//
//	s, was := c.EnterAsyncScope(a)
//	defer s.LeaveAsyncScope(was)
//
// A struct with both results would be passed in memory, which doubled the cost.
func (c Context) EnterAsyncScope(a *AsyncScope) (s Switch, was *AsyncScope) {
	s = c.Enter()
	x := s.rec.extras()
	was, x.inner = x.inner, a
	return s, was
}

// LeaveAsyncScope restores the context and the async scope of the EnterAsyncScope call.
func (s Switch) LeaveAsyncScope(was *AsyncScope) {
	s.rec.extras().inner = was
	s.Leave()
}
