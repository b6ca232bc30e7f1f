// Library is a shared library for C, whose threads call Check at the same time.
package main

import "C"

import (
	"runtime"

	"github.com/seed-1938943e/goroutine/als"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
)

var store als.Storage[int]

// Check returns how many reads were wrong on a thread of C.
//
//export Check
func Check(thread C.int) C.int {
	wrong := 0
	want := func(n int) {
		if store.Get() != n {
			wrong++
		}
	}
	for i := range 100 {
		mine := int(thread)<<16 | i<<1 | 1
		want(0)
		store.Run(mine, func() {
			want(mine)
			for _, start := range []func(func()){als.Go, func(f func()) { go f() }} {
				done := make(chan struct{})
				start(func() { defer close(done); want(mine) })
				<-done
			}
			if i%25 == 0 {
				runtime.GC()
			}
			want(mine)
		})
		want(0)
	}
	return C.int(wrong)
}

func main() {}
