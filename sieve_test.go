package goroutine

import (
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/stretchr/testify/assert"
)

func TestChoosePrefersWhatIsKnownThenTheLowest(t *testing.T) {
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
