package goroutine

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPointerIsZeroExactlyWithoutAssembly(t *testing.T) {
	assert.Equal(t, hasAssembly, Pointer() != 0)
}

// With GOTRACEBACK=system a crash prints the address of each g.
func TestPointerIsTheGThatACrashShows(t *testing.T) {
	if !hasAssembly {
		t.Skipf("%s has no assembly: Pointer is 0", runtime.GOARCH)
	}
	const inChild = "GOROUTINE_TEST_CRASH"
	if os.Getenv(inChild) != "" {
		fmt.Printf("goroutine %d gp=%#x \n", ID(), Pointer())
		panic("on purpose")
	}
	stdout, stderr, _ := testkit.Again(t, inChild+"=1", "GOTRACEBACK=system")
	out := stdout + stderr
	lines := regexp.MustCompile(`(?m)^goroutine \d+ gp=0x[0-9a-f]+ `).FindAllString(out, 2)
	require.Len(t, lines, 2, out)
	require.Equal(t, lines[0], lines[1], out)
}

func TestPointersOfLiveGoroutinesDiffer(t *testing.T) {
	if !hasAssembly {
		t.Skipf("%s has no assembly: Pointer is 0", runtime.GOARCH)
	}
	n := testkit.Scaled(t, 5000)
	pointers := make(chan uintptr, n)
	release := make(chan struct{})
	var done sync.WaitGroup
	for range n {
		done.Add(1)
		go func() {
			defer done.Done()
			pointers <- Pointer()
			<-release // none may exit before all have reported
		}()
	}
	seen := map[uintptr]bool{Pointer(): true}
	for range n {
		p := <-pointers
		require.NotZero(t, p)
		require.False(t, seen[p], "two live goroutines at %#x", p)
		seen[p] = true
	}
	close(release)
	done.Wait()
}

func TestNamesStayWhileTheStackMoves(t *testing.T) {
	testkit.UnderGC(func() {
		testkit.InGoroutine(func() {
			pointer, id := Pointer(), ID()
			var here byte
			stack := func() uintptr {
				if pointer != 0 {
					return g.Word(pointer, 0) // stack.lo; with -asan, here is not on the stack
				}
				return uintptr(unsafe.Pointer(&here))
			}
			before := stack()
			testkit.Descend(1000, func() {
				if Pointer() != pointer || ID() != id {
					t.Errorf("now %#x %d, was %#x %d", Pointer(), ID(), pointer, id)
				}
			})
			assert.NotEqual(t, before, stack(), "the stack did not move")
		})
	})
}
