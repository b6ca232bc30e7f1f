package goroutine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// A finding is what detect returns.
type finding struct {
	offset uintptr
	source Source
}

func detected(known uintptr, oracle func() uint64) finding {
	offset, source := detect(known, oracle)
	return finding{offset, source}
}

// expected returns what detect must find on this platform: the known offset and s, or
// nothing without assembly.
func expected(s Source) finding {
	if !hasAssembly {
		return finding{}
	}
	return finding{knownGoidOffset, s}
}

// If this fails with a new Go release, the release has moved the goid: add a
// layout_go1.N.go.
func TestLayoutOfThisReleaseIsKnown(t *testing.T) {
	assert.Equal(t, expected(Known), finding{goidOffset, Identity().Source})
}

func TestInitTellsPackageGTheOffset(t *testing.T) {
	assert.Equal(t, goidOffset, g.GoidOffset())
	addr, id := g.Self()
	assert.Equal(t, Pointer(), addr)
	assert.Equal(t, ID(), id)
}

func TestInitPanicsWhereTracebacksShowNoIDs(t *testing.T) {
	assert.Panics(t, func() { mustShowIDs(always(0)) })
	assert.NotPanics(t, func() { mustShowIDs(tracebackID) })
}

func TestInitChoosesGoidWhereThereIsNoAssembly(t *testing.T) {
	if hasAssembly {
		t.Skipf("%s has assembly: goid is not asked", runtime.GOARCH)
	}
	code := func(f func() uint64) uintptr { return reflect.ValueOf(f).Pointer() }
	assert.Equal(t, code(goidID), code(fallbackID))
}

func TestDetectSaysTheSameOnAnyGoroutine(t *testing.T) {
	for range testkit.Scaled(t, 500) {
		testkit.InGoroutine(func() {
			assert.Equal(t, expected(Known), detected(knownGoidOffset, tracebackID))
		})
	}
}

func TestDetectFindsTheGoidWhereTheKnownOffsetIsWrong(t *testing.T) {
	for _, wrong := range []uintptr{
		0, 1, 8,
		knownGoidOffset - 8, knownGoidOffset - 1, knownGoidOffset + 1, knownGoidOffset + 8,
		376, 384, 1 << 20, math.MaxUint32,
	} {
		assert.Equal(t, expected(Searched), detected(wrong, tracebackID), "known offset %d", wrong)
	}
}

func TestDetectFallsBackWhenTheOracleLies(t *testing.T) {
	liars := map[string]func() uint64{
		"nothing": func() uint64 { return 0 },
		"max":     func() uint64 { return math.MaxUint64 },
		"random":  rand.Uint64,
		"next":    func() uint64 { return tracebackID() + 1 },
		"swapped": func() uint64 { return tracebackID() << 32 },
		"parent":  always(tracebackID()), // it is in the gs of its children, too
	}
	for off := uintptr(0); hasAssembly && off < 384; off += 8 {
		liars[fmt.Sprintf("word at %d", off)] = always(uint64(g.Word(Pointer(), off)))
	}
	for what, liar := range liars {
		assert.Equal(t, finding{}, detected(knownGoidOffset, liar), what)
	}
	// A g holds its own address, too. That one goroutine had the g of the one before gives this lie
	// away, which is chance.
	address := detected(knownGoidOffset, func() uint64 { return uint64(Pointer()) })
	assert.NotEqual(t, Known, address.source)
	// The status, flags and counters of a g are small numbers.
	for n := range uint64(1000) {
		assert.Equal(t, finding{}, detected(knownGoidOffset, always(n)), "always %d", n)
	}
}

func TestDetectFallsBackWhenTheOracleLiesToOneWitness(t *testing.T) {
	for liesTo := range witnesses {
		calls := 0
		sometimes := func() uint64 {
			calls++
			if calls == liesTo+1 {
				return tracebackID() + 1
			}
			return tracebackID()
		}
		assert.Equal(t, finding{}, detected(knownGoidOffset, sometimes), "lie to witness %d", liesTo)
		if hasAssembly {
			assert.Equal(t, witnesses, calls)
		}
	}
}

func always(n uint64) func() uint64 { return func() uint64 { return n } }

func TestChoosePrefersTheKnownOffsetThenTheLowest(t *testing.T) {
	for _, c := range []struct {
		offsets g.Sieve
		known   uintptr
		want    finding
	}{
		{nil, 160, finding{}},
		{g.Sieve{160}, 160, finding{160, Known}},
		{g.Sieve{40, 160}, 160, finding{160, Known}},
		{g.Sieve{40, 160}, 152, finding{40, Searched}},
		{g.Sieve{160}, 0, finding{160, Searched}},
	} {
		offset, source := choose(c.offsets, c.known)
		assert.Equal(t, c.want, finding{offset, source}, "%v", c)
	}
}
