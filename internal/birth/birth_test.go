package birth

import (
	"context"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/stretchr/testify/assert"
)

func needsG(t *testing.T) {
	if g, _ := goroutine.Self(); g == nil {
		assert.Zero(t, Entry())
		pc, parent := GoStatement()
		assert.Zero(t, pc)
		assert.Zero(t, parent)
		assert.Zero(t, LabelsOffset())
		assert.Empty(t, Sieve(EveryOffset(), 0))
		t.Skip("there is no g to look into")
	}
}

func starts(f func()) {
	done := make(chan struct{})
	body := func() { defer close(done); f() }
	go body()
	<-done
}

func TestWhatAGSays(t *testing.T) {
	needsG(t)
	me := goroutine.ID()
	for range 100 {
		starts(func() {
			assert.Contains(t, runtime.FuncForPC(Entry()).Name(), "birth.starts.func")
			pc, parent := GoStatement()
			assert.Equal(t, me, parent)
			frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
			assert.True(t, strings.HasSuffix(frame.Function, "birth.starts"), frame.Function)
			assert.Contains(t, frame.File, "birth_test.go")
		})
	}
	if !labelsKnown {
		assert.Zero(t, LabelsOffset())
		return
	}
	assert.NotZero(t, LabelsOffset())
}

// The labels are those that the profiler's own functions set.
func TestLabelsAreWhereTheyAreTakenToBe(t *testing.T) {
	needsG(t)
	offset := LabelsOffset()
	if offset == 0 {
		t.Skip("not known for this release")
	}
	starts(func() {
		ctx := pprof.WithLabels(context.Background(), pprof.Labels("a", "1"))
		pprof.SetGoroutineLabels(ctx)
		set := reflect.ValueOf(ctx).Elem().FieldByName("val").Elem().UnsafePointer()
		assert.Equal(t, set, Labels(offset))
		SetLabels(offset, nil)
		assert.Nil(t, Labels(offset))
		SetLabels(offset, set)
		starts(func() { assert.Equal(t, set, Labels(offset), "inherited") })
	})
}

func TestFindAgrees(t *testing.T) {
	for range 50 {
		assert.Equal(t, known(), find())
	}
}

func TestChecksCanFail(t *testing.T) {
	needsG(t)
	k := known()
	assert.False(t, parentLiesAt(k.entry))
	assert.False(t, statementLiesAt(k.entry))
	assert.False(t, statementLiesAt(k.parent))
	assert.Zero(t, Only(nil))
	assert.Zero(t, Only([]uintptr{8, 16}))
	assert.EqualValues(t, 8, Only([]uintptr{8}))
	assert.Empty(t, Sieve(EveryOffset(), 0x12345679))
}
