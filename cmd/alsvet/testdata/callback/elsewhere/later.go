package elsewhere

import (
	"time"

	"example.com/library/spawn"
)

// What a returned function starts works for those who call it, and not for the caller that gave
// next: no finding at a call of these.

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
