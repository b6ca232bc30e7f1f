package g

import "slices"

// A Sieve holds the offsets at which a field of a g may lie. Keep removes those at which
// a g does not have the word that is known to be in it.
type Sieve []uintptr

// NewSieve returns a sieve with all offsets of words but 0, which stands for an
// unknown offset. At 0 a g has the bounds of its stack.
func NewSieve() Sieve {
	s := make(Sieve, 0, searchLimit/wordSize)
	for offset := wordSize; offset < searchLimit; offset += wordSize {
		s = append(s, offset)
	}
	return s
}

// Keep keeps, in place, the offsets at which g has the word.
func (s Sieve) Keep(g, word uintptr) Sieve {
	return slices.DeleteFunc(s, func(offset uintptr) bool { return Word(g, offset) != word })
}

// KeepOwn is Keep for the caller's g.
func (s Sieve) KeepOwn(word uintptr) Sieve { return s.Keep(own(), word) }

// Only returns the offset if exactly one is left, else 0.
func (s Sieve) Only() uintptr {
	if len(s) == 1 {
		return s[0]
	}
	return 0
}
