package profiles

import (
	"testing"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/assert"
)

func TestByLabel(t *testing.T) {
	sample := func(count, cpu int64, label map[string][]string) *profile.Sample {
		return &profile.Sample{Value: []int64{count, cpu}, Label: label}
	}
	p := &profile.Profile{Sample: []*profile.Sample{
		sample(1, 10, map[string][]string{"user": {"alice"}, "other": {"x"}}),
		sample(2, 20, map[string][]string{"user": {"bruno"}}),
		sample(3, 30, map[string][]string{"user": {"alice"}}),
		sample(4, 40, map[string][]string{"other": {"x"}}),
	}}
	assert.Equal(t, map[string]int64{"alice": 4, "bruno": 2, "": 4}, ByLabel(p, "user", 0))
	assert.Equal(t, map[string]int64{"alice": 40, "bruno": 20, "": 40}, ByLabel(p, "user", 1))
	assert.Empty(t, ByLabel(&profile.Profile{}, "user", 0))
}
