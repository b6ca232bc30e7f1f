package alstest

import (
	"slices"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// A decision says whether a check reports a goroutine that holds stores.
type decision int

const (
	ignored  decision = iota
	reported          // if it still holds stores after a while
	unclear           // perhaps of a test that runs at the same time: waited for, but not reported
)

// The functions of package testing that identify tests in a traceback.
const (
	startsTests   = "testing.(*T).Run"
	waitsForOther = "testing.(*T).Parallel"
)

// decide returns a function that decides about goroutines for the test on goroutine test. Those
// that descend from it are reported, those that descend from another test are ignored.
// The descent of others is not known, because a goroutine in between has exited. They
// are reported if no other test is running.
func decide(test uint64, stacks map[uint64]g.Stack) func(id uint64) decision {
	line := make(map[uint64]bool) // the test and the goroutines from which it descends
	for id := test; id != 0 && !line[id]; id = creatorOf(id, stacks) {
		line[id] = true
	}
	// nearest returns the nearest ancestor that runs a test, 0 if none is known.
	nearest := func(id uint64) uint64 {
		for seen := 0; id != 0 && seen <= len(stacks); seen++ {
			if line[id] || stacks[id].Creator.Function == startsTests {
				return id
			}
			id = creatorOf(id, stacks)
		}
		return 0
	}
	alone := true
	for id, s := range stacks {
		if s.Creator.Function == startsTests && !line[id] && !calls(s, waitsForOther) && nearest(s.CreatorID) != test {
			alone = false // another test
		}
	}
	return func(id uint64) decision {
		switch near := nearest(id); {
		case near == test:
			return reported
		case near != 0 && !line[near]:
			return ignored
		case alone:
			return reported
		default:
			return unclear
		}
	}
}

// calls reports whether a function is on the goroutine's stack.
func calls(s g.Stack, function string) bool {
	return slices.ContainsFunc(s.Frames, func(f g.Frame) bool { return f.Function == function })
}

// creatorOf returns the goroutine that started another, or an ancestor of it, 0 if none
// is known.
func creatorOf(id uint64, stacks map[uint64]g.Stack) uint64 {
	if s, ok := startOf(id); ok {
		return s.origin
	}
	return stacks[id].CreatorID
}
