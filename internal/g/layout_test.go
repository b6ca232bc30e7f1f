package g

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A field that fails its check is unknown. Here the words in front of a wrong goid, and those
// beside a wrong start function, are other fields.
func TestFieldsThatFailTheirChecksAreUnknown(t *testing.T) {
	if goidOffset == 0 {
		t.Skip("there is no g to look into")
	}
	goid, right := goidOffset, known
	ForceLayout(t, right.start, 0, 0, ownID)
	assert.Equal(t, layout{start: right.start}, find())

	ForceLayout(t, goid, right.status, right.start+wordSize, ownID)
	assert.Equal(t, origin{}, findOrigin())
}

// The end of a goroutine counts only if a traceback shows it, and that must list its caller.
func TestAStatusIsUnknownWhereTracebacksCannotBeRead(t *testing.T) {
	if goidOffset == 0 {
		t.Skip("there is no g to look into")
	}
	right := known
	assert.True(t, statusLiesAt(right.status, right.start))
	ForceLayout(t, goidOffset, right.status, right.start, func() uint64 { return 1 << 60 })
	assert.False(t, statusLiesAt(right.status, right.start))
}

// A g whose goroutine has exited must still have its start function: a word that is 0 then is
// none.
func TestADeadGKeepsItsStart(t *testing.T) {
	if goidOffset == 0 {
		t.Skip("there is no g to look into")
	}
	cleared := func(offset uintptr) bool { return !statusLiesAt(known.status, offset) }
	assert.False(t, cleared(known.start))
	assert.True(t, slices.ContainsFunc(NewSieve(), cleared))
}

// A field in front of the start function is looked for inside the g only.
func TestNoFieldLiesInFrontOfTheG(t *testing.T) {
	ForceLayout(t, goidOffset, 0, wordSize, ownID)
	assert.Zero(t, fromStart(wordsToCreator))
	assert.Zero(t, fromStart(wordsToGoStatement))
	assert.EqualValues(t, 2*wordSize, fromStart(1))
}

// One goroutine that does not show what is expected is enough to reject a field.
func TestEveryWitnessCounts(t *testing.T) {
	for wrong := range witnesses {
		calls := 0
		assert.False(t, onNew(func() bool { calls++; return calls != wrong+1 }), "witness %d", wrong)
	}
	assert.True(t, onNew(func() bool { return true }))
}

func TestAnUnknownWordIsZero(t *testing.T) { assert.Zero(t, wordIfKnown(own(), 0)) }
