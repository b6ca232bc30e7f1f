package table

import (
	"math/rand/v2"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// A program is a sequence of steps of two bytes: an operation and its argument.
const (
	maxSteps = 100
	fuzzGs   = 400
)

// run does the steps of a program in a world and in the model, and checks the invariants
// after every step.
func run(t testing.TB, w *world, program []byte) {
	a := newActor(w)
	var old []*array
	for len(program) >= 2 {
		n := int(program[1])
		switch program[0] % 16 {
		case 0, 1:
			a.begin(n)
		case 2, 3: // a burst
			for i := range n {
				a.begin(n*n + i)
			}
		case 4:
			a.end(a.pick(n * n))
		case 5, 6:
			for i := range n {
				a.end(a.pick(n*n + i))
			}
		case 7:
			a.sweepAll(t)
		case 8:
			// Growth and sweeps replace an array that is full or almost empty; this step
			// replaces any. It waits until the array behind has been moved, so that no more
			// arrays pile up than growth leaves.
			if newest := a.newest.Load(); newest != nil && newest.older.Load() == nil {
				old = append(old, newest)
				a.replace(newest, roomFor(len(a.model)+len(a.left))<<(n%3))
			}
		case 9:
			if a.newest.Load() != nil {
				a.moveOneShard()
			}
		case 10:
			a.moveAll()
		case 11:
			a.checkRange(t)
		case 12, 13:
			a.stopInsert(n)
		case 14:
			a.finishInserts()
		case 15: // late movers: of one entry, of an array
			if id := a.pick(n); id != 0 {
				a.putAgain(a.model[id].e)
			}
			if len(old) > 0 {
				late := old[n%len(old)]
				a.move(late, n%len(late.shards))
				a.dropMoved()
			}
		}
		a.check(t)
		program = program[2:]
	}
	a.finishInserts()
	a.check(t)
	a.checkRange(t)
	for id := range a.next.Load() {
		a.end(id + 1)
	}
	a.sweepAll(t)
	a.check(t)
	require.Empty(t, a.model)
	if newest := a.newest.Load(); newest != nil {
		require.EqualValues(t, minSlots, newest.mask+1, "it did not shrink")
	}
}

// roomFor returns how many slots are enough for a number of entries.
func roomFor(entries int) uint64 {
	slots := uint64(minSlots)
	for slots < 2*uint64(entries) {
		slots *= 2
	}
	return slots
}

func TestRandomPrograms(t *testing.T) {
	rng := seeded(t)
	for range testkit.Scaled(t, 20) {
		eachConstruction(t, fuzzGs, maxSteps*256, func(t *testing.T, w *world) { run(t, w, randomProgram(rng)) })
	}
}

func randomProgram(rng *rand.Rand) []byte {
	program := make([]byte, 2*(maxSteps/2+rng.IntN(maxSteps/2)))
	// Each program has its own mix of frequent steps.
	often := rng.Perm(16)[:4]
	for i := range program {
		program[i] = byte(rng.Uint32())
		if i%2 == 0 && rng.IntN(2) == 0 {
			program[i] = byte(often[rng.IntN(len(often))])
		}
	}
	return program
}

func FuzzTable(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for which := range constructions {
		f.Add(byte(which), randomProgram(rng))
	}
	f.Fuzz(func(t *testing.T, which byte, program []byte) {
		if len(program) > 2*maxSteps {
			program = program[:2*maxSteps]
		}
		c := constructions[int(which)%len(constructions)]
		run(t, c.world(fuzzGs, maxSteps*256), program)
	})
}
