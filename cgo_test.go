package goroutine

import (
	"go/build"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// Two callers that know nothing of each other share their names, and up to Go 1.25
// a death is not final. A test cannot use cgo itself.
func TestCallbacksOfDifferentCThreadsShareTheirNames(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: does not build a C program")
	}
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the names may be given back after each callback")
	}
	if testkit.Output(t, testkit.GoCommand(t, ".", "env", "CGO_ENABLED")) != "1\n" {
		t.Skip("no cgo")
	}
	dir := testkit.NewModule(t, map[string]string{"main.go": callbackProgram})
	out := testkit.Output(t, testkit.GoCommand(t, dir, "run", "-mod=mod", "."))
	kept := "dead"
	if slices.Contains(build.Default.ReleaseTags, "go1.26") {
		kept = "alive" // the release tells it from a goroutine that has exited
	}
	assert.Equal(t, kept+"\n"+kept+"\nsame names\n", out)
}

const callbackProgram = `package main

/*
#include <pthread.h>

extern void callback(void);

static void *run(void *unused) {
	callback();
	callback();
	return 0;
}

static void thread(void) {
	pthread_t t;
	pthread_create(&t, 0, run, 0);
	pthread_join(t, 0);
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
)

type name struct {
	g  unsafe.Pointer
	id uint64
}

var names []name

//export callback
func callback() {
	g, id := goroutine.Self()
	names = append(names, name{g, id})
	var c goroutine.Census
	if !c.Alive(g, id) {
		panic("called dead while it runs")
	}
	buf := make([]byte, 64)
	buf = buf[:runtime.Stack(buf, false)]
	if !strings.HasPrefix(string(buf), fmt.Sprintf("goroutine %d ", id)) {
		panic("not its ID: " + string(buf))
	}
}

func main() {
	for range 2 {
		C.thread()
		// A thread gives its goroutine back before it can be joined.
		last := names[len(names)-1]
		if new(goroutine.Census).Alive(last.g, last.id) {
			fmt.Println("alive")
		} else {
			fmt.Println("dead")
		}
	}
	for _, n := range names {
		if n != names[0] {
			panic(fmt.Sprint(names))
		}
	}
	fmt.Println("same names")
}
`
