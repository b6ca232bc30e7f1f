//go:build cgo

package als_test

import (
	"io"
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

// opaque is what cgo declares for a struct of C without a definition.
type opaque cgo.Incomplete

// numberedHandle returns a handle as C libraries make them: a number with a pointer type.
func numberedHandle() *opaque {
	number := uintptr(7)
	return *(**opaque)(unsafe.Pointer(&number))
}

type numberAndHandle func(n float64, h *opaque) (*opaque, float64)

// A bound function passes a C handle on while the collector shrinks its stack. The
// runtime then checks each pointer on the stack, and crashes if it takes the handle for
// one.
func TestBindOfFunctionsWithCHandles(t *testing.T) {
	h := numberedHandle()
	result := als.Bind(func() *opaque { return h })
	through := als.Bind(func(h *opaque) *opaque { return h })
	type part struct {
		_ int
		h *opaque
		s string
	}
	two := als.Bind(func(h *opaque, err error) (*opaque, error) { return h, err })
	parts := als.Bind(func(p part, a [1]*opaque) (part, [1]*opaque) { return p, a })
	first := als.Bind(func(h ...*opaque) *opaque { return h[0] })
	received := als.Bind(func(h chan *opaque) *opaque { return <-h })
	slice := als.Bind(func(s []opaque, h *opaque) ([]opaque, *opaque) { return s, h })
	named := als.Bind[any](numberAndHandle(func(n float64, h *opaque) (*opaque, float64) { return h, n })).(numberAndHandle)
	var collected atomic.Bool
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		for range testkit.Scaled(t, 200) {
			runtime.GC()
		}
		collected.Store(true)
	}()
	for !collected.Load() {
		growStack(64)
		for range 2000 {
			if result() != h || through(h) != h {
				t.Fatal("not the handle that was given")
			}
		}
		for range 500 { // through reflect
			if h2, err := two(h, io.EOF); h2 != h || err != io.EOF {
				t.Fatal("not the handle and the error that were given")
			}
			if p, a := parts(part{h: h, s: "s"}, [1]*opaque{h}); p != (part{h: h, s: "s"}) || a[0] != h {
				t.Fatal("not the structs and arrays that were given")
			}
			c := make(chan *opaque, 1)
			c <- h
			if first(h, nil) != h || received(c) != h {
				t.Fatal("not the handle that was given in a slice or channel")
			}
			if s, h2 := slice(nil, h); s != nil || h2 != h {
				t.Fatal("not the handle that was given beside a slice of an incomplete type")
			}
			if h2, n := named(2.5, h); h2 != h || n != 2.5 {
				t.Fatal("not the handle that was given beside a number")
			}
		}
	}
	done.Wait()
}

func TestStorageOfACHandle(t *testing.T) {
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
