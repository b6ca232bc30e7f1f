package async

import (
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// Lookup returns the address of the caller's current store of a key, nil if there
// is none. What it points to is valid until the caller next changes its stores,
// so it is read at once.
//
// Where there is assembly for it, it is one call from the g down to the cell: a
// leaf that calls nothing and cannot be preempted half way. What is not where it
// usually is it leaves to lookupSlow.
var Lookup = lookupSlow

// current returns the caller's record, nil if it has none. Like Lookup.
var current = currentSlow

// Plain returns the caller's record, which it makes if there is none, and in it
// the cell for the key of a token, as [Record.claim] does, if a layer can be entered
// in the short way: nobody but the caller needs to be told. Otherwise it returns no
// cell. Like Lookup.
var Plain = plainSlow

// lookupSlow is the portable twin of the assembly behind Lookup, and its oracle in
// tests.
func lookupSlow(k *Key) unsafe.Pointer { return lookupBy(currentSlow, k) }

// lookupBy is Lookup with a way to the caller's record.
func lookupBy(current func() *Record, k *Key) unsafe.Pointer {
	if t := k.Token(); t != 0 {
		if r := current(); r != nil {
			if c := r.find(t); c != nil {
				return c.store(t)
			}
		}
		missed(k)
	}
	return nil
}

// currentSlow is the portable twin of current.
func currentSlow() *Record { return of(records.Find(g.Self())) }

// plainSlow is the portable twin of Plain.
func plainSlow(t Token) (*Record, *Cell) {
	r := own()
	if r.scopes != nil || watched.Load() != nil {
		return r, nil
	}
	return r, r.claim(t)
}
