package loss

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// a, b and c are tokens of three keys. A search does not depend on their bits.
const a, b, c = async.Token(1<<32 | 1<<5), async.Token(1<<32 | 2<<5), async.Token(1<<32 | 3<<5)

func TestANoteIsHiddenBehindTheLabels(t *testing.T) {
	s := &search{epoch: 7}
	n := &note{epoch: 7, goid: 3, has: []async.Token{a}}
	for _, shown := range [][]labelset.Label{nil, {labelset.New("k", "v")}} {
		set := n.in(shown)
		assert.Equal(t, len(shown), len(set.Shown()), "the note is no label")
		assert.Same(t, n, s.noteIn(set))
	}
	assert.Nil(t, s.noteIn(nil))
	assert.Nil(t, s.noteIn(labelset.Plain([]labelset.Label{labelset.New("k", "v")})))
}

func TestANoteOfAnEarlierSearchIsIgnored(t *testing.T) {
	set := (&note{epoch: 6, has: []async.Token{a}}).in(nil)
	assert.Nil(t, (&search{epoch: 7}).noteIn(set))
}

// A note counts only for the search that wrote it, so each search must have an epoch of
// its own.
func TestSearchesHaveDifferentEpochs(t *testing.T) {
	epoch := func() uint64 {
		defer Find(func(Loss) {})()
		defer Find(func(Loss) {})() // joins the search
		return current.Load().epoch
	}
	assert.Equal(t, epoch()+1, epoch())
}

func TestAnotherHiddenLabelIsNoNote(t *testing.T) {
	var mark labelset.Mark
	list := labelset.List(nil, labelset.Label{Key: mark.Key(), KeyLen: 1, Value: unsafe.Pointer(new(note)), ValueLen: 1})
	assert.Nil(t, (&search{}).noteIn(&labelset.Set{List: list, Cap: 1}))
}

func TestMissing(t *testing.T) {
	n := &note{goid: 3, has: []async.Token{a}, lost: []async.Token{b}}
	assert.Equal(t, []async.Token{b}, n.missing(3), "of the goroutine that wrote the note")
	assert.Equal(t, []async.Token{a, b}, n.missing(4), "of a goroutine that it started")
	assert.Nil(t, (*note)(nil).missing(4))
	inCaptured := &note{goid: 3, captured: true, has: []async.Token{a}, lost: []async.Token{b}}
	assert.Equal(t, []async.Token{b}, inCaptured.missing(3), "for its return from the captured context")
	assert.Equal(t, []async.Token{a}, inCaptured.missing(4), "of a goroutine that it starts there")

	lost := n.missing(3)
	lost[0] = c
	assert.Equal(t, []async.Token{b}, n.lost, "a note is not written to")
}

func TestTheNoteOfADetachedGoroutineHasTheCause(t *testing.T) {
	s := &search{epoch: 1, owners: new(owners)}
	user := []labelset.Label{labelset.New("k", "v")}
	set := s.detached(user, async.Context{})
	n := s.noteIn(set)
	require.NotNil(t, n)
	assert.Equal(t, Detached, n.cause)
	assert.Equal(t, user, set.Shown())
}
