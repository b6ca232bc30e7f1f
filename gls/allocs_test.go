package gls

import (
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestAllocations(t *testing.T) {
	var table, empty Table[int]
	var local, other Local[[8]int]
	a, b := new(int), new(int)
	var kept []*[64]byte
	table.Store(a)
	local.Set([8]int{1})
	for _, f := range []struct {
		name string
		f    func()
		want float64
	}{
		{"Load", func() { table.Load() }, 0},
		{"Load without a value", func() { empty.Load() }, 0},
		{"Store", func() { table.Store(b) }, 0},
		{"Delete and Store", func() { table.Delete(); table.Store(a) }, 0},
		{"Get", func() { local.Get() }, 0},
		{"Get without a value", func() { other.Get() }, 0},
		{"Set", func() { local.Set([8]int{2}) }, 0},
		{"Set after Delete", func() { local.Delete(); local.Set([8]int{2}) }, 1},
		{"control", func() { kept = append(kept[:0:0], new([64]byte)) }, 2},
	} {
		got := testing.AllocsPerRun(100, f.f)
		if race.Enabled || !knowsG() {
			t.Logf("%s: %v allocations, not checked here", f.name, got)
			continue
		}
		assert.Equal(t, f.want, got, f.name)
	}
	_ = kept
}

// The documentation of Store states this size.
func TestSizeOfAnEntry(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) == 8 {
		assert.EqualValues(t, 24, unsafe.Sizeof(entry[int]{}))
	}
	assert.Zero(t, unsafe.Offsetof(entry[int]{}.Entry))
}

// The first Store of a later goroutine on a g allocates nothing. Goroutines run
// one after another on one P, so that the g is the same.
func TestTakeOverDoesNotAllocate(t *testing.T) {
	if race.Enabled || !knowsG() {
		t.Skip("no takeovers here")
	}
	var table Table[int]
	v := new(int)
	store := func() { table.Store(v) }
	bare := testing.AllocsPerRun(100, func() { testkit.InGoroutine(func() {}) })
	with := testing.AllocsPerRun(100, func() { testkit.InGoroutine(store) })
	t.Logf("%v allocations without a Store, %v with one", bare, with)
	assert.LessOrEqual(t, with, bare)
}
