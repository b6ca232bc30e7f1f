package async

import (
	"runtime/debug"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/table"
	"github.com/stretchr/testify/assert"
)

// The leaves find a record that lies any number of slots behind the first slot of its
// probe, and none where as many slots belong to other goroutines.
func TestLeavesAndDisplacedRecords(t *testing.T) {
	if gp, _ := g.Self(); gp == 0 {
		t.Skip("the g is not known")
	}
	if !unused(t) { // the entries stay in the table
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a sweep would read g's that do not exist
	v := new(variable[int])
	v.token()
	var turns []chan bool // of goroutines that live at the same time, on a g each
	var done sync.WaitGroup
	defer done.Wait()
	ready := make(chan bool)
	for displaced := range 50 {
		turn := make(chan bool)
		turns = append(turns, turn)
		done.Add(1)
		go func() {
			defer done.Done()
			defer func() { ready <- true; <-turn }() // also if the test fails
			gp, _ := g.Self()
			<-turn
			for i := range displaced {
				occupy(gp, uint64(displaced)<<32|uint64(i))
			}
			v.wantNone(t, "without a record, ", displaced)
			assert.Nil(t, Current())
			v.run(displaced, func() {
				v.want(t, displaced)
				wantTwinsAgree(t, []*Key{&v.key})
			})
		}()
	}
	for _, turn := range turns {
		turn <- true
		<-ready
	}
	for _, turn := range turns {
		close(turn)
	}
}

// occupy inserts the record of a goroutine that does not exist. Its g has the same hash as
// gp, in arrays of all sizes.
func occupy(gp uintptr, id uint64) {
	inverse := uint64(1) // of the factor, modulo 2^64
	for range 6 {
		inverse *= 2 - table.HashFactor*inverse
	}
	const factor = table.HashFactor
	hash := uint64(gp) * factor &^ (1<<32 - 1)
	r := new(Record)
	r.reset()
	r.Init(uintptr((hash|id&(1<<32-1))*inverse), 1<<62|id)
	records.Insert(&r.Entry)
}
