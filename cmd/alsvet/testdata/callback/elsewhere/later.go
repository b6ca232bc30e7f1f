package elsewhere

import (
	"iter"
	"time"

	"example.com/library/spawn"
)

// A goroutine that a returned function starts works for the callers of that function, and not for
// the caller that gave next. So nothing is reported at the calls of async and debounce.

func async(next func(string)) func(string) {
	return func(text string) {
		spawn.SafeGo(func() { next(text) }) // want `spawn.SafeGo runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
	}
}

func debounce(next func()) func() {
	return func() {
		time.AfterFunc(time.Second, next) // want `bind it with als.Bind if it works only for this caller \(it calls next, which another caller may have given to debounce\)`
	}
}

func middleware() {
	async(handle)("a")
	debounce(work)()
}

// The sequences that pairs combines run for the caller that iterates over the result.
func pairs(first, second iter.Seq[string]) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		next, stop := iter.Pull(first) // want `the callback of iter.Pull runs without the caller's stores: bind it with als.Bind where it is set, or only if it is not nil`
		defer stop()
		for b := range second {
			if a, ok := next(); !ok || !yield(a, b) {
				return
			}
		}
	}
}

// later returns no sequence, so values may work for another caller than the one that pulls.
func later(values iter.Seq[string]) func() string {
	return func() string {
		next, stop := iter.Pull(values) // want `bind it with als.Bind if it works only for this caller \(it calls values, which another caller may have given to later\)`
		defer stop()
		value, _ := next()
		return value
	}
}
