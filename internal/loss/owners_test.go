package loss

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
)

func TestOwners(t *testing.T) {
	var os owners
	assert.Nil(t, os.of(1))
	os.set(1, []async.Token{a}, nil, nil)
	o := os.of(1)
	require.NotNil(t, o)
	assert.Equal(t, []async.Token{a}, o.has)
	gp, _ := g.Self()
	assert.Equal(t, gp, o.g)

	os.set(1, []async.Token{b}, nil, nil)
	assert.Equal(t, []async.Token{b}, os.of(1).has)
	assert.Equal(t, []async.Token{a}, o.has, "an owner is not written to")
	assert.Nil(t, os.lostBy(1))
	os.set(1, nil, []async.Token{a}, nil)
	assert.Equal(t, []async.Token{a}, os.lostBy(1))
	assert.Nil(t, os.lostBy(2))
	os.set(1, nil, nil, nil)
	assert.Nil(t, os.of(1), "it holds nothing")
}

// Of two goroutines with the same slot, the later one gets it. The earlier one is not found
// any more, and cannot remove the later one.
func TestOwnersOfOneSlot(t *testing.T) {
	var os owners
	one, other := uint64(1), uint64(2)
	for os.slot(other) != os.slot(one) {
		other++
	}
	os.set(one, []async.Token{a}, nil, nil)
	assert.Nil(t, os.of(other))
	os.set(other, []async.Token{b}, nil, nil)
	assert.Nil(t, os.of(one))
	assert.Equal(t, []async.Token{b}, os.of(other).has)
	os.set(one, nil, nil, nil)
	assert.NotNil(t, os.of(other), "removed by a goroutine that has no slot")
}

func TestEverSet(t *testing.T) {
	var s everSet
	assert.False(t, s.has(a))
	s.add(a)
	assert.True(t, s.has(a))
	assert.False(t, s.has(b))
	assert.False(t, s.has(a+1<<32), "the next generation of the key has had no store")
	s.add(a + 1<<32)
	assert.True(t, s.has(a+1<<32))
	assert.False(t, s.has(a))
}
