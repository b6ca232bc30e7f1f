package goroutine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNamesDoNotAllocate(t *testing.T) {
	var kept [][64]byte
	for _, f := range []struct {
		name string
		f    func()
		want float64
	}{
		{"Pointer", func() { Pointer() }, 0},
		{"ID", func() { ID() }, 0},
		{"Identity", func() { Identity() }, 0},
		{"control", func() { kept = append(kept[:0:0], [64]byte{}) }, 1},
	} {
		got := testing.AllocsPerRun(100, f.f)
		if !hasAssembly {
			t.Logf("%s: %v allocations, not checked without assembly", f.name, got)
			continue
		}
		assert.Equal(t, f.want, got, f.name)
	}
	_ = kept
}
