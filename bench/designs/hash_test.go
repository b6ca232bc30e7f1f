package designs

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine"
)

// Axis C: the hash of a g pointer, over the g's of goroutines that all live at the
// same time, in a table with linear probing.

var hashes = []struct {
	name string
	hash func(gp uintptr) uintptr
}{
	{"multiply", hash}, // the chosen one
	{"shift", func(gp uintptr) uintptr { return gp >> 6 }},
	{"xor-shift", func(gp uintptr) uintptr { return gp>>6 ^ gp>>15 }},
}

func TestHash(t *testing.T) {
	requireUsable(t)
	goroutines := 100_000
	if raceEnabled || testing.Short() {
		goroutines = 5_000
	}
	gs := park(goroutines)
	stride := map[uintptr]int{}
	sorted := slices.Sorted(slices.Values(gs))
	for i := range sorted[1:] {
		stride[sorted[i+1]-sorted[i]]++
	}
	t.Logf("%d goroutines, distances %v", len(gs), stride)

	// The table is the largest that some of the goroutines fill to the load. Lookups
	// of the others find nothing.
	for _, load := range []float64{.38, .5, .75} {
		slots := 1
		for float64(slots*2)*load <= float64(goroutines) {
			slots *= 2
		}
		in := int(float64(slots) * load)
		for _, h := range hashes {
			hit, worst, miss := probes(gs[:in], gs[in:], slots, h.hash)
			t.Logf("load=%.2f slots=%d hash=%-10s probes to a hit: mean %.3f, max %d; to a miss: mean %.3f", load, slots, h.name, hit, worst, miss)
			if h.name == "multiply" {
				// An even hash needs 2.5 at 0.75; the others need ten times that.
				assert.Less(t, hit, 5.0)
			}
		}
	}
}

// park returns the g's of n goroutines that lived at the same time.
func park(n int) []uintptr {
	gs := make([]uintptr, n)
	var started, ended sync.WaitGroup
	end := make(chan struct{})
	started.Add(n)
	ended.Add(n)
	for i := range gs {
		go func() {
			defer ended.Done()
			gs[i] = goroutine.Pointer()
			started.Done()
			<-end
		}()
	}
	started.Wait()
	close(end)
	ended.Wait()
	return gs
}

// probes returns how many slots a lookup visits, with linear probing.
func probes(in, out []uintptr, slots int, hash func(uintptr) uintptr) (hit float64, worst int, miss float64) {
	table := make([]uintptr, slots)
	mask := uintptr(slots - 1)
	find := func(gp uintptr) (slot *uintptr, looked int) {
		for i := hash(gp); ; i++ {
			looked++
			if s := &table[i&mask]; *s == 0 || *s == gp {
				return s, looked
			}
		}
	}
	sum := 0
	for _, gp := range in {
		slot, looked := find(gp)
		*slot = gp
		sum += looked
		worst = max(worst, looked)
	}
	vain := 0
	for _, gp := range out {
		_, looked := find(gp)
		vain += looked
	}
	return float64(sum) / float64(len(in)), worst, float64(vain) / float64(max(1, len(out)))
}
