package child

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/measure"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// TestMain lets the test binary be a child that answers, crashes or hangs.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != Argument {
		os.Exit(m.Run())
	}
	switch os.Getenv("BENCH_CHILD") {
	case "crash":
		fmt.Fprintln(os.Stderr, "warming up\nfatal error: on purpose\n\ngoroutine 1 [running]:")
		os.Exit(2)
	case "hang":
		select {}
	}
	if err := Serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const patience = 30 * time.Second

func TestTurnInAnotherProcess(t *testing.T) {
	p, err := Start("")
	require.NoError(t, err)
	defer p.Close()

	turn, err := p.Turn(Operation{"read/store=int", ops.ALS})
	require.NoError(t, err)
	d, err := turn.Time(1000)
	require.NoError(t, err)
	assert.Positive(t, d)
	c, err := turn.Cost(1000)
	require.NoError(t, err)
	assert.Less(t, c.Allocs, 1.0)
	turn.End()

	_, err = p.Turn(Operation{"read/store=int", ops.Xsync})
	assert.EqualError(t, err, "xsync has no read/store=int", "an answer, not the end of the child")
	require.NoError(t, p.Call("Try", Operation{"table/op=load/goroutines=1", ops.Xsync}, new(struct{}), patience))
	require.NoError(t, p.Call("Stress", ops.ALS, new(struct{}), patience))

	inherits := true
	require.NoError(t, p.Call("Inherits", struct{}{}, &inherits, patience))
	assert.False(t, inherits, "this binary does not import als/inherit")
}

func TestParkInAnotherProcess(t *testing.T) {
	p, err := Start("", "GODEBUG="+measure.StackSetting)
	require.NoError(t, err)
	defer p.Close()
	var bytes []float64
	require.NoError(t, p.Call("Park", Parking{Operation{"memory/inside=Run", ops.ALS}, 2000, 2}, &bytes, patience))
	assert.Len(t, bytes, 2)
}

func TestAChildThatCrashes(t *testing.T) {
	p, err := Start("", "BENCH_CHILD=crash")
	require.NoError(t, err)
	err = p.Call("Try", Operation{"read/store=int", ops.ALS}, new(struct{}), patience)
	assert.ErrorIs(t, err, ErrCrash)
	assert.EqualError(t, err, "crashes: fatal error: on purpose")
}

func TestAChildThatHangs(t *testing.T) {
	p, err := Start("", "BENCH_CHILD=hang")
	require.NoError(t, err)
	err = p.Call("Try", Operation{"read/store=int", ops.ALS}, new(struct{}), 50*time.Millisecond)
	assert.ErrorIs(t, err, ErrTime)
}

func TestStartWithoutAProgram(t *testing.T) {
	_, err := Start("/no/such/program")
	assert.ErrorIs(t, err, os.ErrNotExist)
}
