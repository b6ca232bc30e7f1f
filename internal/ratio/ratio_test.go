package ratio

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, Median([]float64{3, 1, 2}))
	assert.Equal(t, 3.0, Median([]float64{4, 3, 1, 2}))
}

func TestCalibrate(t *testing.T) {
	var asked []int
	n := calibrate(func(n int) { asked = append(asked, n); time.Sleep(time.Duration(n) * 100 * time.Microsecond) })
	assert.Equal(t, n, asked[len(asked)-1])
	assert.LessOrEqual(t, n, 32)
	for i := range asked[1:] {
		assert.Equal(t, 2*asked[i], asked[i+1])
	}
}

func TestReport(t *testing.T) {
	us, baseline := 0, 0
	r := testing.Benchmark(func(b *testing.B) {
		Report(b, func(n int) { us++ }, func(n int) { baseline++; time.Sleep(time.Duration(n) * 100 * time.Microsecond) })
	})
	assert.Less(t, r.Extra["ratio"], 0.5)
	assert.LessOrEqual(t, r.Extra["ratio-q1"], r.Extra["ratio"])
	assert.LessOrEqual(t, r.Extra["ratio"], r.Extra["ratio-q3"])
	assert.Zero(t, r.Extra["allocs-us"])
	assert.Positive(t, us)
	assert.Positive(t, baseline)
}
