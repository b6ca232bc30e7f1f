//go:build !(amd64 || arm64)

package async

import "unsafe"

// Lookup returns the address of the caller's current store of a key, nil if there
// is none. What it points to is valid until the caller next changes its stores,
// so it is read at once.
func Lookup(k *Key) unsafe.Pointer { return lookupSlow(k) }

func current() *Record { return currentSlow() }

// Claim returns the caller's record, which it makes if there is none, and in it
// the cell for the key of a token, as [Record.claim] does.
func Claim(t Token) (*Record, *Cell) { return claimSlow(t) }

func keepsG() bool { return false }
