package als_test

import (
	"flag"
	"runtime"
	"sync"
	"testing"
	"time"
)

var (
	modelSeed     = flag.Uint64("als.seed", 0, "run the one program of this `seed` in TestModel, and log it")
	modelPrograms = flag.Int("als.programs", 0, "run `n` programs in TestModel, however long it takes")
)

// nextSeed is the seed of the next program, so that -count=n runs new programs each time.
var nextSeed uint64 = 1

// The subjects are made once: new storages would get the indexes of collected ones, as the
// collector runs, and programs would not repeat. Storages with labels come later:
// from their first use on, inheritance never takes the shorter way, without labels.
var (
	modelSubjects    = sync.OnceValue(func() *subjectSet { return newSubjectSet(false) })
	labelledSubjects = sync.OnceValue(func() *subjectSet { return newSubjectSet(true) })
)

// withLabels is a bit of a seed: the program uses storages with labels.
const withLabels = 1 << 40

func subjectsOf(seed uint64) *subjectSet {
	if seed&withLabels != 0 {
		return labelledSubjects()
	}
	return modelSubjects()
}

// TestModel runs random programs on the storages and on the model.
//
//	go test ./als -run TestModel -als.seed 4711          # one program, with a log of its steps
//	go test ./als -run TestModel -als.programs 1000000   # many
func TestModel(t *testing.T) {
	if *modelSeed != 0 {
		p := randomProgram(*modelSeed)
		failure, log := runProgram(p, subjectsOf(*modelSeed), true)
		t.Log("\n" + log)
		if failure != "" {
			report(t, *modelSeed, p, failure)
		}
		return
	}
	budget := 5 * time.Second
	if testing.Short() {
		budget = time.Second
	}
	// One processor hands the token around a lot faster; on several the collector runs
	// at the same time.
	done, start := 0, time.Now()
	for _, phase := range []struct {
		procs int
		part  float64
		bits  uint64
	}{{1, 0.5, 0}, {max(2, runtime.NumCPU()), 0.65, 0}, {1, 0.9, withLabels}, {max(2, runtime.NumCPU()), 1, withLabels}} {
		procs := runtime.GOMAXPROCS(phase.procs)
		for {
			if *modelPrograms > 0 && float64(done) >= phase.part*float64(*modelPrograms) ||
				*modelPrograms == 0 && time.Since(start) >= time.Duration(phase.part*float64(budget)) {
				break
			}
			seed := nextSeed | phase.bits
			nextSeed++
			done++
			p := randomProgram(seed)
			if failure, _ := runProgram(p, subjectsOf(seed), false); failure != "" {
				runtime.GOMAXPROCS(procs)
				report(t, seed, p, failure)
			}
		}
		runtime.GOMAXPROCS(procs)
	}
	t.Logf("%d programs in %v", done, time.Since(start).Round(time.Millisecond))
}

// FuzzModel runs programs that the fuzzer makes.
func FuzzModel(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(randomProgram(seed).encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := decode(data[:min(len(data), 1+4*400)])
		if failure, _ := runProgram(p, modelSubjects(), false); failure != "" {
			report(t, 0, p, failure)
		}
	})
}

// report fails the test with the shortest program that still fails.
func report(t *testing.T, seed uint64, p program, failure string) {
	t.Helper()
	subjects := subjectsOf(seed)
	short := minimize(p, subjects)
	shortFailure, log := runProgram(short, subjects, true)
	if shortFailure == "" {
		t.Fatalf("seed %d: %s\n(it did not fail again: it depends on the collector)", seed, failure)
	}
	t.Fatalf("seed %d: %s\n\nThe shortest program that fails (%d of %d steps, shape %d):\n%s",
		seed, failure, len(short.steps), len(p.steps), p.shape, log)
}

// minimize removes steps from a program that fails without them, too: first half of the
// steps at once, then a quarter, and so on to single steps.
func minimize(p program, subjects *subjectSet) program {
	fails := func(steps []step) bool {
		failure, _ := runProgram(program{p.shape, steps}, subjects, false)
		return failure != ""
	}
	for size := len(p.steps); size > 0; {
		removed := false
		for at := 0; at < len(p.steps); {
			end := min(at+size, len(p.steps))
			without := append(append([]step(nil), p.steps[:at]...), p.steps[end:]...)
			if fails(without) {
				p.steps, removed = without, true
			} else {
				at = end
			}
		}
		if !removed || size > 1 {
			size /= 2
		}
	}
	return p
}
