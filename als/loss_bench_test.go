package als_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/ratio"
)

// BenchmarkTraceLoss measures reads, Runs and go statements while losses are traced,
// beside the same while they are not.
//
//	go test -run '^$' -bench TraceLoss -benchtime 1x ./als
func BenchmarkTraceLoss(b *testing.B) {
	read := func(n int) {
		pointerStore.Run(alice, func() {
			for range n {
				pointerStore.Get()
			}
		})
	}
	run := func(n int) {
		for range n {
			pointerStore.Run(alice, nothing)
		}
	}
	spawn := func(n int) {
		pointerStore.Run(alice, func() {
			done := make(chan struct{})
			f := func() { pointerStore.Get(); done <- struct{}{} }
			for range n {
				go f()
				<-done
			}
		})
	}
	for _, m := range []struct {
		name string
		f    func(n int)
	}{{"op=Get", read}, {"op=Run", run}, {"op=go,read,lost", spawn}} {
		traced := func(n int) {
			defer als.TraceLoss(func(als.Loss) {})()
			m.f(n)
		}
		b.Run(m.name, func(b *testing.B) { ratio.Report(b, traced, m.f) })
	}
}
