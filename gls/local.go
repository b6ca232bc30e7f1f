package gls

// A Local is a variable of which every goroutine has its own. A new goroutine
// starts without a value, even if its creator has one. The zero Local is ready for
// use. It must not be copied after first use.
type Local[T any] struct {
	table Table[T]
}

// Get returns the caller's value and true, or the zero value and false if it has
// none. It costs a few nanoseconds and does not allocate.
func (l *Local[T]) Get() (value T, ok bool) {
	if p := l.table.Load(); p != nil {
		return *p, true
	}
	return value, false
}

// Set makes v the caller's value. The first Set of a goroutine allocates room for
// a T, later ones write into it.
func (l *Local[T]) Set(v T) {
	if p := l.table.Load(); p != nil {
		*p = v // the goroutine has the only pointer
		return
	}
	room := v // a copy, so that v does not escape where the branch above is taken
	l.table.Store(&room)
}

// Delete removes the caller's value. Without one it does nothing.
func (l *Local[T]) Delete() { l.table.Delete() }
