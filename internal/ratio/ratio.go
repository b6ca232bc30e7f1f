// Package ratio measures two pieces of work in turn, A B A B, for benchmarks that
// report how they compare. Other work on the machine hits both alike. So the median of
// the ratios of neighbours can be compared with that of another machine; nanoseconds
// cannot.
package ratio

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

// rounds is how many pairs are measured for each b.N. With -benchtime 1x a median is
// over that many ratios.
const rounds = 41

// Report measures us and baseline, each of which does something n times. It reports the
// median ratio, its quartiles, and the nanoseconds and allocations of both.
func Report(b *testing.B, us, baseline func(n int)) {
	n := calibrate(baseline)
	var ratios, ours, theirs []float64
	for range rounds * b.N {
		t := Timed(baseline, n)
		o := Timed(us, n)
		ratios = append(ratios, o/t)
		ours = append(ours, o/float64(n))
		theirs = append(theirs, t/float64(n))
	}
	b.ReportMetric(Median(ratios), "ratio")
	b.ReportMetric(ratios[len(ratios)/4], "ratio-q1")
	b.ReportMetric(ratios[3*len(ratios)/4], "ratio-q3")
	b.ReportMetric(Median(ours), "ns-us")
	b.ReportMetric(Median(theirs), "ns-baseline")
	b.ReportMetric(allocs(us, n), "allocs-us")
	b.ReportMetric(allocs(baseline, n), "allocs-baseline")
	b.ReportMetric(0, "ns/op")
}

// calibrate returns for which n f takes some milliseconds: long against the clock's
// resolution, short against changes of the load of a shared machine.
func calibrate(f func(n int)) int {
	n := 1
	for Timed(f, n) < float64(2*time.Millisecond) {
		n *= 2
	}
	return n
}

// Timed returns how many nanoseconds f(n) takes.
func Timed(f func(n int), n int) float64 {
	start := time.Now()
	f(n)
	return float64(time.Since(start))
}

// Median sorts the figures and returns the middle one.
func Median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}

func allocs(f func(n int), n int) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f(n)
	runtime.ReadMemStats(&after)
	return float64((after.Mallocs - before.Mallocs) / uint64(n))
}
