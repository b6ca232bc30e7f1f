package g

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FactsOf agrees with a traceback.
func TestFactsOf(t *testing.T) {
	if !waitingKnown() {
		t.Skip("it is not known here whether a goroutine is parked")
	}
	require.NotZero(t, reasonOffset(), "where a g says what its goroutine waits for")
	c := make(chan bool)
	defer close(c)
	var locked sync.Mutex
	locked.Lock()
	defer locked.Unlock()
	never := make(chan bool)
	for want, park := range map[string]func(){
		"chan receive": func() { <-c },
		"select": func() {
			select {
			case <-c:
			case <-never:
			}
		},
		"sync.Mutex.Lock": func() { locked.Lock(); defer locked.Unlock() },
	} {
		gp, id := parkedIn(t, want, park)
		f, ok := FactsOf(gp, id)
		require.True(t, ok)
		assert.Equal(t, want, f.State)
		assert.Equal(t, ownID(), f.Creator)
		assert.Equal(t, "parkedIn", runtime.FuncForPC(f.Statement).Name()[strings.LastIndexByte(runtime.FuncForPC(f.Statement).Name(), '.')+1:])
		assert.Contains(t, runtime.FuncForPC(f.Function).Name(), "parkedIn.func")
		for s := range Stacks(Traceback()) {
			if s.ID == id {
				assert.Equal(t, s.State, f.State)
				assert.Equal(t, s.CreatorID, f.Creator)
			}
		}
	}

	_, ok := FactsOf(own(), ownID()+1)
	assert.False(t, ok, "the g has another goroutine")
	_, ok = FactsOf(0, ownID())
	assert.False(t, ok)
	f, ok := FactsOf(own(), ownID())
	assert.True(t, ok)
	assert.Equal(t, "running", f.State)
}

// If no byte tells the waits apart, no number gets a name: with one for 0, every goroutine that
// waits would seem to wait for the same.
func TestNoReasonIsNamedIfItsPlaceIsNotFound(t *testing.T) {
	waits := []wait{{name: "chan receive"}, {name: "select"}}
	assert.Zero(t, learnReasons(waits, make([][searchLimit]uint8, len(waits))))
	assert.Nil(t, reasonNames[0].Load())

	twice := make([][searchLimit]uint8, len(waits))
	for i := range twice {
		twice[i][8], twice[i][16] = 1+uint8(i), 1+uint8(i)
	}
	assert.Zero(t, learnReasons(waits, twice), "it may be either")

	once := make([][searchLimit]uint8, len(waits))
	once[0][8] = 1 // goroutines in the other wait differ there
	assert.Zero(t, learnReasons(waits, once))
	assert.Nil(t, reasonNames[0].Load())
}

// NameReason names what one goroutine waits for, for all that wait for the same.
func TestNameReason(t *testing.T) {
	if !waitingKnown() {
		t.Skip("it is not known here whether a goroutine is parked")
	}
	var m sync.Mutex
	wanted := sync.NewCond(&m)
	wait := func() { m.Lock(); wanted.Wait(); m.Unlock() }
	gp, id := parkedIn(t, "sync.Cond.Wait", wait)
	other, otherID := parkedIn(t, "sync.Cond.Wait", wait)
	defer wanted.Broadcast()
	defer reasonNames[reasonIn(gp)].Store(nil) // or the name would stay for a second run
	f, _ := FactsOf(gp, id)
	assert.Equal(t, "waiting", f.State)
	NameReason(own(), ownID(), "running") // does nothing: the caller is not parked
	NameReason(gp, id, "sync.Cond.Wait")
	f, _ = FactsOf(other, otherID)
	assert.Equal(t, "sync.Cond.Wait", f.State)
}

// parkedIn starts a goroutine and waits until a traceback shows it parked in a state.
func parkedIn(t *testing.T, state string, park func()) (gp uintptr, id uint64) {
	self := make(chan bool)
	go func() {
		gp, id = Self()
		self <- true
		park()
	}()
	<-self
	testkit.AwaitState(t, id, state)
	return gp, id
}
