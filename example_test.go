package goroutine_test

import (
	"bytes"
	"fmt"
	"runtime"

	"github.com/seed-1938943e/goroutine"
)

// Which goroutine of a crash report wrote this log line? The one with this ID.
func ExampleID() {
	line := fmt.Sprintf("goroutine %d ", goroutine.ID())

	report := make([]byte, 1<<10)
	report = report[:runtime.Stack(report, false)]
	fmt.Println(bytes.HasPrefix(report, []byte(line)))
	// Output: true
}

// Is this the goroutine that was here before? Comparing pointers is the cheapest
// check while that goroutine lives. Without assembly, compare IDs.
func ExamplePointer() {
	caller := func() uint64 {
		if p := goroutine.Pointer(); p != 0 {
			return uint64(p)
		}
		return goroutine.ID()
	}
	owner := caller()
	fmt.Println("here:", caller() == owner)

	elsewhere := make(chan bool)
	go func() { elsewhere <- caller() == owner }()
	fmt.Println("in another goroutine:", <-elsewhere)
	// Output:
	// here: true
	// in another goroutine: false
}

// Is identity fast in this process? It is unless the source says fallback.
func ExampleIdentity() {
	fast := goroutine.Identity().Source != goroutine.Fallback
	fmt.Println(!fast || goroutine.Pointer() != 0)
	// Output: true
}
