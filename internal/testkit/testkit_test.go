package testkit

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
)

// A fake records whether the test that it stands for has failed.
type fake struct {
	testing.TB
	failed bool
}

func (f *fake) Helper() {}

func (f *fake) Name() string { return "fake" }

func (f *fake) Errorf(string, ...any) { f.failed = true }

func (f *fake) Fatalf(string, ...any) { f.failed = true; runtime.Goexit() }

// fails reports whether check fails its test.
func fails(check func(t testing.TB)) bool {
	f := new(fake)
	InGoroutine(func() { check(f) })
	return f.failed
}

func TestChecksCanFail(t *testing.T) {
	assert.True(t, fails(func(t testing.TB) { WantPanic(t, "this", func() { panic("that") }) }))
	assert.True(t, fails(func(t testing.TB) { WantPanic(t, "this", func() {}) }))
	assert.False(t, fails(func(t testing.TB) { WantPanic(t, "this", func() { panic("this") }) }))
	assert.True(t, fails(func(t testing.TB) { Held(t, "nothing", weak.Make(new([9]int))) }))
	kept := new([9]int)
	assert.False(t, fails(func(t testing.TB) { Held(t, "something", weak.Make(kept)) }))
	runtime.KeepAlive(kept)
	assert.False(t, fails(func(t testing.TB) { Garbage(t, "nothing", weak.Make(new([9]int))) }))
}

func TestThroughWaits(t *testing.T) {
	for _, end := range []func(){func() {}, runtime.Goexit} {
		ended := false
		InGoroutine(func() {
			defer func() { ended = true }()
			end()
		})
		assert.True(t, ended)
	}
}

func TestReduced(t *testing.T) {
	assert.Equal(t, 5, reduced(t, 5, true, true))
	assert.Equal(t, 10, reduced(t, 50, true, true))
	assert.Equal(t, 100, reduced(t, 10_000, true, false, true))
	assert.Equal(t, 10_000, reduced(t, 10_000, false))
}

func TestCollectCallsCleanups(t *testing.T) {
	ran := make(chan bool, 1)
	func() { runtime.AddCleanup(new([9]int), func(ran chan bool) { ran <- true }, ran) }()
	Collect(t, 4)
	Eventually(t, "the cleanup has run", func() bool { return len(ran) == 1 })
}
