package soak

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/seed-1938943e/goroutine/als"
)

// A grant is a store that was set.
type grant struct {
	id       uint64
	life     *life  // whose end revokes the store; nil if none does
	set      epochs // of the storage, around the time when the store was set
	doubtful bool   // another goroutine may have ended the replaced store
}

// A life is a Run or Scope of a storage with RevokeOnEnd.
type life struct{ ending, ended atomic.Bool }

func (l *life) begin() {
	if l != nil {
		l.ending.Store(true)
	}
}

func (l *life) end() {
	if l != nil {
		l.ended.Store(true)
	}
}

// epochs counts calls of Disable: those that have returned before a moment, and
// those that have begun after it.
type epochs struct{ done, begun uint64 }

// A disabler counts the calls of Disable of one storage.
type disabler struct {
	mu          sync.Mutex
	begun, done atomic.Uint64
}

func (d *disabler) disable(s entering) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begun.Add(1)
	s.disable()
	d.done.Add(1)
}

// A frame is a Run, Exit or Scope of one storage, or the first store of a context.
type frame struct {
	grant *grant // nil is no store
	life  *life
	scope bool
}

// A stack has the frames of one storage in one context, the outermost first.
type stack struct{ frames []*frame }

func (s *stack) top() *frame { return s.frames[len(s.frames)-1] }

func (s *stack) push(f *frame) { s.frames = append(s.frames, f) }

// above returns a frame and the frames opened inside it, none if it has ended.
func (s *stack) above(f *frame) []*frame {
	if at := slices.Index(s.frames, f); at >= 0 {
		return s.frames[at:]
	}
	return nil
}

// cut ends a frame and all frames opened inside it.
func (s *stack) cut(f *frame) {
	for _, f := range s.above(f) {
		f.life.end()
	}
	s.frames = s.frames[:len(s.frames)-len(s.above(f))]
}

// remove ends the frame of a scope. Scopes may end in any order.
func (s *stack) remove(f *frame) {
	f.life.end()
	if at := slices.Index(s.frames, f); at >= 0 {
		s.frames = slices.Delete(s.frames, at, at+1)
	}
}

// An account has the stores that one goroutine must find in its current context.
type account struct{ stacks []*stack }

// newAccount returns the account of a context that begins with captured stores.
func newAccount(captured []*grant) account {
	a := account{make([]*stack, len(captured))}
	for i, g := range captured {
		a.stacks[i] = &stack{[]*frame{{grant: g}}}
	}
	return a
}

func (a account) grant(s int) *grant { return a.stacks[s].top().grant }

// begin and end mark the lives of all frames but the first when the context ends.
func (a account) begin() { a.each((*life).begin) }
func (a account) end()   { a.each((*life).end) }

func (a account) each(mark func(*life)) {
	for _, s := range a.stacks {
		for _, f := range s.frames {
			mark(f.life)
		}
	}
}

// capture returns the stores of the storages up to the given inheritance.
func (a account) capture(subjects []subject, up als.Inheritance) []*grant {
	captured := make([]*grant, len(a.stacks))
	for i := range captured {
		if subjects[i].inherits() <= up {
			captured[i] = a.grant(i)
		}
	}
	return captured
}

// A verdict says what a read may find.
type verdict int

const (
	absent  verdict = iota // no store
	present                // the store of the grant
	either                 // the end of the store was in progress
)

// judge calls find, which reads a storage, and says what the read may find.
func (w *world) judge(s int, g *grant, find func()) verdict {
	ended := g == nil || !g.doubtful && g.life != nil && g.life.ended.Load() || w.disablers[s].done.Load() > g.set.begun
	find()
	switch {
	case ended:
		return absent
	case g.doubtful || g.life != nil && g.life.ending.Load() || w.disablers[s].begun.Load() != g.set.done:
		return either
	}
	return present
}

// put returns the grant of a store that set sets.
func (w *world) put(s int, id uint64, set func()) *grant {
	g := &grant{id: id}
	g.set.done = w.disablers[s].done.Load()
	set()
	g.set.begun = w.disablers[s].begun.Load()
	return g
}
