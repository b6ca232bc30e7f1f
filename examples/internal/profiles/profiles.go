// Package profiles groups profiles by label, for the examples that take one.
package profiles

import "github.com/google/pprof/profile"

// ByLabel adds up the samples of a profile for each value of a label. A sample without
// the label counts for "". A sample has several values; index is that of the one to add.
func ByLabel(p *profile.Profile, key string, index int) map[string]int64 {
	sums := make(map[string]int64)
	for _, s := range p.Sample {
		value := ""
		if values := s.Label[key]; len(values) > 0 {
			value = values[0]
		}
		sums[value] += s.Value[index]
	}
	return sums
}
