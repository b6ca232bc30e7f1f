package als

import (
	"reflect"
	"runtime"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// A Storage holds one store of type T per execution context. The zero Storage is ready for
// use, by any number of goroutines at once. It must not be copied after first use: later
// copies find the original's stores, until one of them is disabled or collected. A Storage
// is collected like any other value, and a program may make as many as it likes. The
// methods of a nil *Storage panic.
//
// It is Node's AsyncLocalStorage.
type Storage[T any] struct {
	_ noCopy

	// key is first: GetStore passes the address of the Storage to Lookup as that of its
	// key. So Lookup panics with a message if the Storage is nil. &s.key would fault
	// before. With a check of s GetStore would be too expensive to be inlined.
	key     async.Key
	options Options[T]
}

// Options configure a Storage. [New] takes at most one.
type Options[T any] struct {
	// Name appears in reports and logs; [Storage.Name] returns it.
	Name string

	// Default is what GetStore and Get return where there is no store.
	Default T

	// RevokeOnEnd makes the end of a Run or a Scope final for its store: every
	// goroutine, snapshot and bound function that captured it loses it at once, and
	// none of them keeps it alive. Use it for data of a request that must never be seen
	// after the request, however long a pool keeps a goroutine.
	//
	// EnterWith inside a Run or Scope replaces its store and is revoked with it;
	// outside, it is never revoked.
	//
	// A Run costs two allocations more once a Go, Bind or Snapshot captures its store. For
	// a store larger than a word or an interface, and for a scope, it costs them always. A
	// read costs one or two more loads.
	RevokeOnEnd bool

	// Inherit selects which ways to start or capture work carry the stores of this
	// Storage.
	Inherit Inheritance

	// Label makes the runtime show which store a goroutine has. With package
	// als/inherit the profiler labels of a goroutine show Name=Label(store) while the
	// store is current, beside the program's own labels. So goroutine dumps, CPU and leak
	// profiles and, from Go 1.27 on, tracebacks of a crash name the request. Package
	// als/alsdebug shows the same text on its page. Without either only [Storage.Label]
	// calls Label.
	//
	// Run, EnterWith and WithScope call it once for each store, before they change
	// anything: if it panics they do, too. If it returns "" there is no label, and if
	// the program has set a label with the same key, that one is shown. Every reader of a
	// profile sees the labels, and a profile has an entry for each value.
	//
	// After a Disable, or a revocation by another goroutine, the label may stay while the
	// goroutine still holds the store. It goes when the goroutine next sets a store that
	// has a label.
	//
	// A store takes one allocation more, and Run with als/inherit some 0.3 µs more. New
	// panics if there is a Label and no Name. Node has no counterpart.
	Label func(store T) string
}

// Inheritance selects what carries the stores of a Storage; see [Options].
type Inheritance uint8

const (
	// InheritAlways is the default: everything that captures the execution context
	// has the store, and with package als/inherit plain go statements carry it, too.
	InheritAlways = Inheritance(async.InheritAlways)

	// InheritExplicit: the functions that capture by themselves have the store: [Go],
	// [Bind], [Snapshot], [AfterFunc], AsyncResource of package hooks, and their callers.
	// No plain go statement carries it. Without als/inherit it is InheritAlways.
	InheritExplicit = Inheritance(async.InheritExplicit)

	// InheritNever: the store stays with its goroutine, as an open transaction must.
	// A bound function does not see it, not even on the goroutine that bound it.
	//
	// While a goroutine holds such a store, each capture costs a copy of its other
	// stores.
	InheritNever = Inheritance(async.InheritNever)
)

// New returns a Storage. The zero Storage is one without options. It is Node's new
// AsyncLocalStorage.
//
// It panics if there is more than one Options, a Label without a Name, or an Inherit
// that is none of the constants.
func New[T any](opts ...Options[T]) *Storage[T] {
	s := new(Storage[T])
	switch len(opts) {
	case 0:
	case 1:
		s.options = opts[0]
	default:
		panic("als: New: more than one Options")
	}
	if s.options.Label != nil && s.options.Name == "" {
		panic("als: New: Options.Label without Options.Name")
	}
	if s.options.Inherit > InheritNever {
		panic("als: New: Options.Inherit is none of the constants")
	}
	return s
}

// GetStore returns the current store and true. Where there is none it returns
// Options.Default and false. nil and zero values are stores like any other.
//
// It does not allocate and may be called on the hottest path. It is Node's
// getStore; where that returns undefined, this returns false.
func (s *Storage[T]) GetStore() (store T, ok bool) {
	p := async.Lookup((*async.Key)(unsafe.Pointer(s)))
	if p == nil {
		return s.options.Default, false
	}
	return *(*T)(p), true
}

// Get returns the current store, or Options.Default where there is none. It costs what
// GetStore costs.
func (s *Storage[T]) Get() T {
	p := async.Lookup((*async.Key)(unsafe.Pointer(s)))
	if p == nil {
		return s.options.Default
	}
	return *(*T)(p)
}

// Run calls fn with store as the current store. When fn ends, by return, panic or
// [runtime.Goexit], Run restores the store from before the call, also if fn changed
// it. It does not touch other storages. It is Node's run.
//
// It costs less than a context.WithValue, and allocates nothing for a store that is one
// word, an interface or a string; package als/inherit, RevokeOnEnd and Label cost more.
//
// It panics if fn is nil.
func (s *Storage[T]) Run(store T, fn func()) {
	if s == nil {
		panic("als: Storage.Run: the Storage is nil")
	}
	if fn == nil {
		panic("als: Storage.Run: fn is nil")
	}
	t := s.key.Token()
	if t == 0 {
		t = s.token() // kept out of the common path: the call is 10% of Run
	}
	if t.Boxed() {
		s.runBoxed(t, store, fn)
		return
	}
	r, c := async.FastCell(t)
	if c == nil {
		s.runSlow(t, store, fn)
		return
	}
	if r.Observed() {
		s.runObserved(r, c, t, store, fn)
		return
	}
	r.RaceEnter()
	was, p := c.Prepare(t), (*T)(c.Addr(t))
	overwritten := *p
	*p = store
	defer func() {
		at, moved := c, !r.Keeps(c, t) || r.Observed()
		if moved {
			at = r.CellAgain(t)
		}
		at.Restore(was)
		*(*T)(at.Addr(t)) = overwritten
		if moved {
			r.Changed()
		}
		r.RaceLeave()
	}()
	fn()
	runtime.KeepAlive(s) // or its index, and with it the cell, could go to another key
}

// runObserved is Run for an observed record; under inheritance all records are. It has a
// frame of its own: with two words more in that of Run, a Run without observers took
// 9.4 ns instead of 8.8.
func (s *Storage[T]) runObserved(r *async.Record, c *async.Cell, t async.Token, store T, fn func()) {
	r.RaceEnter()
	was, p := c.Prepare(t), (*T)(c.Addr(t))
	overwritten := *p
	*p = store
	published := r.EnteredLayer(t, c)
	defer func() {
		at := c
		if !r.Keeps(c, t) {
			at = r.CellAgain(t)
		}
		at.Restore(was)
		*(*T)(at.Addr(t)) = overwritten
		r.LeftLayer(t, published)
		r.RaceLeave()
	}()
	fn()
	runtime.KeepAlive(s)
}

// runBoxed is Run for stores with a box, or a grant. A small store that can be revoked lies
// in its cell until it is captured: its Run needs no Layer, as Run needs none.
func (s *Storage[T]) runBoxed(t async.Token, store T, fn func()) {
	if !t.InPlace() { // not in Run: another branch there takes 0.3 ns
		s.runSlow(t, store, fn)
		return
	}
	r, c := async.FastCell(t)
	if c == nil {
		s.runSlow(t, store, fn)
		return
	}
	r.RaceEnter()
	was := c.PrepareInPlace(t)
	*(*T)(c.Addr(t)) = store
	published := r.EnteredLayer(t, c)
	defer func() {
		at := c
		if !r.Keeps(c, t) {
			at = r.CellAgain(t)
		}
		at.EndInPlace(t, was)
		r.LeftLayer(t, published)
		r.RaceLeave()
	}()
	fn()
	runtime.KeepAlive(s)
}

// runSlow is Run where the store does not fit into its cell or hides that of a scope, or
// an observer needs more than the cell. Without this split Run costs twice as much.
func (s *Storage[T]) runSlow(t async.Token, store T, fn func()) {
	text := s.text(store)
	var l async.Layer
	c := l.Enter(t)
	s.put(c, t, store, text, true)
	l.Entered(c)
	defer l.Leave()
	fn()
	runtime.KeepAlive(s)
}

// EnterWith makes store the current store until the enclosing Run, Exit or Scope of this
// storage ends, or the enclosing [ExecutionContext.Run], bound function or RunInAsyncScope.
// Without any of these it lasts until the goroutine ends. It is Node's enterWith.
//
// Use it only where Run and [Storage.WithScope] do not work. It changes the store that
// the caller's caller sees, and on a goroutine that serves one request after another
// the next request sees it, too. It costs about as much as a Run.
func (s *Storage[T]) EnterWith(store T) {
	if s == nil {
		panic("als: Storage.EnterWith: the Storage is nil")
	}
	t, text := s.token(), s.text(store)
	r, c := async.CellFor(t)
	c.Prepare(t)
	s.put(c, t, store, text, false)
	r.BelongsToScope(c, t)
	r.Changed()
}

// Exit calls fn without a store of this storage: in fn, and in goroutines that fn starts,
// GetStore returns Options.Default and false. When fn ends, Exit restores the store. It is
// Node's exit. Without als/inherit it does not allocate.
//
// It panics if fn is nil.
func (s *Storage[T]) Exit(fn func()) {
	if s == nil {
		panic("als: Storage.Exit: the Storage is nil")
	}
	if fn == nil {
		panic("als: Storage.Exit: fn is nil")
	}
	var l async.Layer
	l.EnterEmpty(s.token())
	defer l.Leave()
	fn()
	runtime.KeepAlive(s)
}

// Disable exits every current context of this storage, in every goroutine and in
// every snapshot, at once: GetStore returns Options.Default and false until Run,
// EnterWith or WithScope is called again, which restores no old store. It does not touch
// other storages. It is Node's disable.
//
// It takes one write to memory, however many contexts there are. A goroutine releases its
// old store when it next sets a store of this storage, or exits; a snapshot keeps its
// stores until it is garbage itself. There is no need to call Disable before dropping a
// Storage. After two billion calls on one Storage, the next may panic.
func (s *Storage[T]) Disable() {
	if s == nil {
		panic("als: Storage.Disable: the Storage is nil")
	}
	s.key.Disable()
}

// Name returns Options.Name.
func (s *Storage[T]) Name() string {
	if s == nil {
		panic("als: Storage.Name: the Storage is nil")
	}
	return s.options.Name
}

// Label returns the text that Options.Label returns for the current store, and "" if
// there is no store or the Storage has no Label. Use it in a log line or a trace, to name
// the request as the profiler labels do. It does not need als/inherit.
//
// Each call of it calls Options.Label, and panics if that does.
func (s *Storage[T]) Label() string {
	if s == nil {
		panic("als: Storage.Label: the Storage is nil")
	}
	store, ok := s.GetStore()
	if !ok || s.options.Label == nil {
		return ""
	}
	return s.options.Label(store)
}

// token returns the key's token, giving it one on first use.
func (s *Storage[T]) token() async.Token {
	if t := s.key.Token(); t != 0 {
		return t
	}
	return s.key.Use(reflect.TypeFor[T](), async.KeyOptions{
		Name:    s.options.Name,
		Revoke:  s.options.RevokeOnEnd,
		Inherit: async.Inheritance(s.options.Inherit),

		Labelled: s.options.Label != nil,
	})
}

// put puts the store of a Run or an EnterWith into a cell of the token's key.
func (s *Storage[T]) put(c *async.Cell, t async.Token, store T, text string, run bool) {
	if t.Boxed() && !c.TryInPlace(t, run) {
		s.putBox(c, t, store, text, run)
		return
	}
	*(*T)(c.Addr(t)) = store
}

// putBox puts a store into a box: one that does not fit into its cell, can be revoked, or
// has a label. alone is true if the store begins a layer.
func (s *Storage[T]) putBox(c *async.Cell, t async.Token, store T, text string, alone bool) {
	if t.Labelled() {
		c.PutBox(t, async.NewLabelledBox(store, s.options.Name, text).Addr(), alone)
		return
	}
	box := store // a variable of its own, so that only this path allocates
	c.PutBox(t, unsafe.Pointer(&box), alone)
}

// text returns the label of a store, "" if there is none or nothing shows it.
func (s *Storage[T]) text(store T) string {
	if s.options.Label == nil || !async.LabelsWanted.Load() {
		return ""
	}
	return s.options.Label(store)
}

// noCopy makes go vet complain about copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
