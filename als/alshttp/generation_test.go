package alshttp

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A request whose generations are used up is not used again: a lease of a generation
// long ago would be valid.
func TestARequestIsNotReusedWhenItsGenerationsAreUsedUp(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	worn := new(request)
	worn.generation.Store(^uintptr(0))
	first := lease{worn, 1}
	requests.Put(worn)
	for range 100 { // the pool may drop what it is given, or keep others in front
		l := lend(r, headerOf(r))
		if l.request == worn {
			assert.NotNil(t, l.context())
		}
		l.end()
		assert.Nil(t, l.context())
		_, ok := l.serves(r)
		assert.False(t, ok)
	}
	assert.Nil(t, first.context())
	_, ok := first.serves(r)
	assert.False(t, ok)
	for range 100 {
		l := lend(r, headerOf(r))
		defer l.end()
		assert.NotSame(t, worn, l.request)
	}
}

func TestTheZeroLeaseIsVoid(t *testing.T) {
	assert.Nil(t, lease{}.context())
	_, ok := lease{}.serves(httptest.NewRequest("GET", "/", nil))
	assert.False(t, ok)
}
