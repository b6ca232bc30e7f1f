//go:build !without_haxmap

package ops

import (
	"github.com/alphadose/haxmap"

	"github.com/seed-1938943e/goroutine"
)

func init() { tables[Haxmap] = haxmapMap }

func haxmapMap() table {
	m := haxmap.New[uint64, *user]()
	return newTable(
		func() { m.Set(goroutine.ID(), alice) },
		func() { m.Del(goroutine.ID()) },
		func(n int) {
			hits := 0
			for range n {
				if v, ok := m.Get(goroutine.ID()); ok && v == alice {
					hits++
				}
			}
			sink.Add(int64(hits))
		},
		func(n int) {
			for range n {
				m.Set(goroutine.ID(), alice)
			}
		},
		func(n int) {
			hits := 0
			for range n {
				m.Set(goroutine.ID(), alice)
				for range lifetime {
					if v, ok := m.Get(goroutine.ID()); ok && v == alice {
						hits++
					}
				}
				m.Del(goroutine.ID())
			}
			sink.Add(int64(hits))
		},
	)
}
