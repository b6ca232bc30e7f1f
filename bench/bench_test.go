package main

import (
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/bench/internal/measure"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// BenchmarkOperations runs the program's operations under go test, with names for
// benchstat. It runs the systems one after the other; only the program measures
// them in turn.
//
//	go test -run '^$' -bench 'Operations/read' -count 10 ./bench | tee read.txt
//	benchstat -col /system read.txt
func BenchmarkOperations(b *testing.B) {
	crowd := 100_000
	if testing.Short() {
		crowd = 1000
	}
	for _, q := range ops.Questions(crowd) {
		for _, r := range q.Rows {
			b.Run(r.Name, func(b *testing.B) { row(b, r) })
		}
	}
}

func row(b *testing.B, r ops.Row) {
	if r.Procs > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(r.Procs))
	}
	if r.Crowd > 0 {
		defer measure.Crowd(r.Crowd, r.Impls)()
	}
	for _, i := range r.Impls {
		if i.System == ops.Inherit && !ops.Inherits() {
			continue
		}
		b.Run("system="+string(i.System), func(b *testing.B) {
			t := measure.Start(i)
			defer t.End()
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := t.Time(b.N); err != nil {
				b.Fatal(err)
			}
		})
	}
}
