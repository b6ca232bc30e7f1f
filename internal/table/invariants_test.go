package table

import (
	"fmt"
	"strings"
	"testing"
)

// maxArrays is how many arrays a table may consist of while no operation is in progress.
// The moves of one growth end long before the next growth begins.
const maxArrays = 3

// A holder is a goroutine with an entry, in the model.
type holder struct {
	g uintptr
	e *Entry
}

// checkInvariants compares a table, on which no operation is in progress, with a
// model. It reports twenty problems at most.
func checkInvariants(t testing.TB, table *Table, model map[uint64]holder) {
	t.Helper()
	var problems []string
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf(format, args...))
	}
	arrays := 0
	newer := make(map[*Entry]bool) // entries in newer arrays than the current one
	for a := table.newest.Load(); a != nil; a = a.older.Load() {
		checkArray(report, a, arrays, newer)
		arrays++
	}
	if arrays > maxArrays {
		report("there are %d arrays, more than %d", arrays, maxArrays)
	}
	for id, h := range model {
		if e := table.Find(h.g, id); e != h.e {
			report("goroutine %d finds %p instead of its entry %p", id, e, h.e)
		}
		if owner, ok := h.e.Owner(); !ok || owner != id {
			report("the entry of goroutine %d belongs to %d", id, owner)
		}
	}
	for _, id := range []uint64{0, 1 << 40} {
		if e := table.Find(0, id); e != nil {
			report("goroutine %d finds an entry, which it does not have", id)
		}
	}
	if len(problems) > 0 {
		if more := len(problems) - 20; more > 0 {
			problems = append(problems[:20], fmt.Sprintf("and %d more", more))
		}
		t.Fatalf("the table is broken:\n%s", strings.Join(problems, "\n"))
	}
}

// checkArray looks at one array, whose age is 0 if it is the newest, and adds what
// it holds to newer.
func checkArray(report func(string, ...any), a *array, age int, newer map[*Entry]bool) {
	slots := a.mask + 1
	if slots < minSlots || slots&a.mask != 0 || uint64(len(a.shards)) != slots/shardSize {
		report("array %d has %d slots in %d shards", age, slots, len(a.shards))
	}
	left := int64(0)
	seen := make(map[*Entry]uint64)
	for s := range a.shards {
		moved := a.shards[s].moved.Load()
		if !moved {
			left++
		}
		if moved && age == 0 {
			report("shard %d of the newest array is moved", s)
		}
		used := int32(0)
		for pos := uint64(s) * shardSize; pos < uint64(s+1)*shardSize; pos++ {
			e := a.slot(pos).Load()
			if e == nil {
				continue
			}
			used++
			if e.owner.Load() == gone {
				continue
			}
			if first, twice := seen[e]; twice {
				report("array %d has an entry in slot %d and again in %d", age, first, pos)
			}
			seen[e] = pos
			if gap, ok := firstGap(a, e, pos); ok {
				report("array %d: a probe for slot %d ends at %d", age, pos, gap)
			}
			if moved && !newer[e] {
				report("array %d: slot %d is moved, but in no newer array", age, pos)
			}
		}
		if count := a.shards[s].used.Load(); count != used || count > shardLimit {
			report("array %d, shard %d: %d slots are used, the count is %d", age, s, used, count)
		}
	}
	for e := range seen {
		newer[e] = true
	}
	if a.left.Load() != left {
		report("array %d: %d shards are not moved, the count is %d", age, left, a.left.Load())
	}
	if left == 0 && a.older.Load() == nil {
		report("array %d is moved but not cut off", age)
	}
}

// firstGap returns the first empty slot between where a probe for e starts and at.
func firstGap(a *array, e *Entry, at uint64) (gap uint64, ok bool) {
	for pos := hash(e.g, e.owner.Load()) & a.mask; pos != at; pos = (pos + 1) & a.mask {
		if a.slot(pos).Load() == nil {
			return pos, true
		}
	}
	return 0, false
}
