package g_test

import (
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func starts(f func()) {
	done := make(chan struct{})
	body := func() { defer close(done); f() }
	go body()
	<-done
}

func TestStartAndGoStatement(t *testing.T) {
	if g.GoidOffset() == 0 {
		assert.Zero(t, g.Start())
		pc, creator := g.GoStatement()
		assert.Zero(t, pc)
		assert.Zero(t, creator)
		t.Skip("there is no g to look into")
	}
	me := goroutine.ID()
	for range 100 {
		starts(func() {
			pc, creator := g.GoStatement()
			assert.Equal(t, me, creator)
			frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
			assert.True(t, strings.HasSuffix(frame.Function, "g_test.starts"), frame.Function)
			assert.Contains(t, frame.File, "start_test.go")
		})
	}
	started := make(chan uintptr)
	go sends(started)
	f := runtime.FuncForPC(<-started) // a wrapper that passes the argument
	assert.Contains(t, f.Name(), "TestStartAndGoStatement")
	body := func() { started <- g.Start() }
	go body()
	assert.Equal(t, reflect.ValueOf(body).Pointer(), <-started)
}

func sends(started chan uintptr) { started <- g.Start() }

func TestSearchesAgree(t *testing.T) {
	for range 50 {
		testkit.InGoroutine(func() { assert.True(t, g.FindAgain()) })
	}
}

func TestChecksOfFieldsCanFail(t *testing.T) {
	if g.GoidOffset() == 0 {
		t.Skip("there is no g to look into")
	}
	creator, statement := g.Origins()
	assert.False(t, g.CreatorLiesAt(g.StartOffset()))
	assert.False(t, g.StatementLiesAt(g.StartOffset()))
	assert.False(t, g.StatementLiesAt(creator))
	assert.False(t, g.CreatorLiesAt(statement))
	assert.True(t, g.StatusLiesAt(g.StatusOffset(), g.StartOffset()))
	assert.False(t, g.StatusLiesAt(g.GoidOffset(), g.StartOffset()))
	assert.False(t, g.StatusLiesAt(g.StatusOffset()+4, g.StartOffset()))
}

// In the releases that we know, all fields are found on every platform with assembly.
func TestLayoutOfThisReleaseIsKnown(t *testing.T) {
	assert.Equal(t, g.GoidOffset() != 0, g.StatusKnown())
	creator, statement := g.Origins()
	for _, offset := range []uintptr{g.StartOffset(), creator, statement} {
		assert.Equal(t, g.GoidOffset() != 0, offset != 0)
	}
}
