package als

// standard is the storage that Default returns.
var standard = New(Options[any]{Name: "default"})

// Default returns the storage that the functions [GetStore], [Get], [Must], [Run],
// [WithScope], [EnterWith], [Exit] and [Disable] of this package use. It is for
// programs that need only one; a library makes its own. Functions that take a storage
// take this one, too: RunFunc(Default(), store, fn).
func Default() *Storage[any] { return standard }

// GetStore returns the current store of the [Default] storage and true, nil and
// false where there is none.
func GetStore() (store any, ok bool) { return standard.GetStore() }

// Get returns the current store of the [Default] storage, nil where there is none.
func Get() any { return standard.Get() }

// Must is [Storage.Must] of the [Default] storage. It panics if there is no store.
func Must() any { return standard.Must() }

// Run is [Storage.Run] of the [Default] storage. It panics if fn is nil.
func Run(store any, fn func()) {
	if fn == nil {
		panic("als: Run: fn is nil")
	}
	standard.Run(store, fn)
}

// WithScope is [Storage.WithScope] of the [Default] storage.
func WithScope(store any) Scope[any] { return standard.WithScope(store) }

// EnterWith is [Storage.EnterWith] of the [Default] storage.
func EnterWith(store any) { standard.EnterWith(store) }

// Exit is [Storage.Exit] of the [Default] storage. It panics if fn is nil.
func Exit(fn func()) {
	if fn == nil {
		panic("als: Exit: fn is nil")
	}
	standard.Exit(fn)
}

// Disable is [Storage.Disable] of the [Default] storage.
func Disable() { standard.Disable() }
