package g_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// Callbacks on two C threads run on the same goroutine, which is alive in between. A
// test cannot use cgo itself, so this one builds a program.
func TestCallbacksOfDifferentCThreadsShareTheirNames(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: does not build a C program")
	}
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the runtime may release the g after each callback")
	}
	if testkit.Output(t, testkit.GoCommand(t, ".", "env", "CGO_ENABLED")) != "1\n" {
		t.Skip("no cgo")
	}
	dir := testkit.NewModule(t, map[string]string{"main.go": callbackProgram})
	out := testkit.RunProgram(t, dir)
	assert.Equal(t, "alive\nalive\nsame names\n", out)
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

	"github.com/seed-1938943e/goroutine/internal/g"
	_ "github.com/seed-1938943e/goroutine"
)

type name struct {
	gp uintptr
	id uint64
}

var names []name

//export callback
func callback() {
	gp, id := g.Self()
	names = append(names, name{gp, id})
	var c g.Census
	if !c.Alive(gp, id) {
		panic("reported dead while it runs")
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
		// A thread releases its goroutine before it can be joined.
		last := names[len(names)-1]
		if new(g.Census).Alive(last.gp, last.id) {
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
