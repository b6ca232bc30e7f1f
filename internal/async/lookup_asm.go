//go:build amd64 || arm64

package async

import "unsafe"

// Lookup returns the address of the caller's current store of a key, nil if there
// is none. What it points to is valid until the caller next changes its stores,
// so it is read at once.
//
// It is one call from the g down to the cell. The common case, a record at its
// home slot and a cell at its home place, is settled there; anything else is a
// jump to lookupSlow. It keeps no pointer and calls nothing, so it needs no frame
// and cannot be preempted half way.
func Lookup(k *Key) unsafe.Pointer

// current returns the caller's record, nil if it has none. Like Lookup, with
// currentSlow.
func current() *Record

// Claim returns the caller's record, which it makes if there is none, and in it
// the cell for the key of a token, as [Record.claim] does. Like Lookup, with
// claimSlow.
func Claim(t Token) (*Record, *Cell)

// keepsG reports whether the g is where Lookup, current and Claim look for it.
func keepsG() bool
