//go:build cgo

package als_test

import (
	"runtime"
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// As cgo declares a struct of C without a definition.
type opaque cgo.Incomplete

// numberedHandle returns a handle as C libraries make them: a number that the type
// says is a pointer.
func numberedHandle() *opaque {
	number := uintptr(7)
	return *(**opaque)(unsafe.Pointer(&number))
}

// A bound function hands a handle of C through while the collector shrinks its
// stack. The runtime then checks each pointer in it, and crashes at the handle if
// it takes it for one.
func TestBindOfAFunctionOfAHandleOfC(t *testing.T) {
	h := numberedHandle()
	result := als.Bind(func() *opaque { return h })
	through := als.Bind(func(h *opaque) *opaque { return h })
	var over atomic.Bool
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		for range testkit.Scaled(t, 200) {
			runtime.GC()
		}
		over.Store(true)
	}()
	for !over.Load() {
		growStack(64)
		for range 2000 {
			if result() != h || through(h) != h {
				t.Fatal("not the handle that was given")
			}
		}
	}
	done.Wait()
}

func TestStorageOfAHandleOfC(t *testing.T) {
	h := numberedHandle()
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[*opaque]{RevokeOnEnd: revoke})
		s.Run(h, func() {
			runtime.GC()
			assert.True(t, s.Get() == h)
			als.Snapshot().Run(func() { assert.True(t, s.Get() == h) })
		})
	}
}
