//go:build !without_xsync

package ops

import (
	"github.com/puzpuzpuz/xsync/v4"

	"github.com/seed-1938943e/goroutine"
)

func init() { tables[Xsync] = xsyncMap }

func xsyncMap() table {
	m := xsync.NewMap[uint64, *user]()
	return newTable(
		func() { m.Store(goroutine.ID(), alice) },
		func() { m.Delete(goroutine.ID()) },
		func(n int) {
			hits := 0
			for range n {
				if v, ok := m.Load(goroutine.ID()); ok && v == alice {
					hits++
				}
			}
			sink.Add(int64(hits))
		},
		func(n int) {
			for range n {
				m.Store(goroutine.ID(), alice)
			}
		},
		func(n int) {
			hits := 0
			for range n {
				m.Store(goroutine.ID(), alice)
				for range lifetime {
					if v, ok := m.Load(goroutine.ID()); ok && v == alice {
						hits++
					}
				}
				m.Delete(goroutine.ID())
			}
			sink.Add(int64(hits))
		},
	)
}
