package ops

import (
	"sync"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/gls"
)

// tables has, for each map from the calling goroutine to a pointer that is compared,
// a function that returns a new one.
var tables = map[System]func() table{}

// A table is a map from the calling goroutine to a pointer. Each map has loops of its
// own, so that the calls are direct.
type table struct {
	hold      func(wait func())
	load      Impl
	store     Impl
	lifecycle Impl
}

func init() {
	tables[Table] = glsTable
	tables[SyncMap] = syncMap
	tables[Sharded] = sharded
}

// newTable returns the table of the given loops. set gives the calling goroutine a
// value.
func newTable(set, remove func(), load, store, lifecycle func(n int)) table {
	inside := func(f func()) {
		set()
		defer remove()
		f()
	}
	return table{
		hold:      inside,
		load:      Impl{Around: inside, Loop: load},
		store:     Impl{Around: inside, Loop: store},
		lifecycle: Impl{Loop: lifecycle},
	}
}

// lifetime is the number of loads between the store and the delete of a lifecycle.
const lifetime = 20

func glsTable() table {
	t := new(gls.Table[user])
	return newTable(
		func() { t.Store(alice) }, t.Delete,
		func(n int) {
			hits := 0
			for range n {
				if t.Load() == alice {
					hits++
				}
			}
			sink.Add(int64(hits))
		},
		func(n int) {
			for range n {
				t.Store(alice)
			}
		},
		func(n int) {
			hits := 0
			for range n {
				t.Store(alice)
				for range lifetime {
					if t.Load() == alice {
						hits++
					}
				}
				t.Delete()
			}
			sink.Add(int64(hits))
		},
	)
}

func syncMap() table {
	m := new(sync.Map)
	return newTable(
		func() { m.Store(goroutine.ID(), alice) },
		func() { m.Delete(goroutine.ID()) },
		func(n int) {
			hits := 0
			for range n {
				if v, ok := m.Load(goroutine.ID()); ok && v.(*user) == alice {
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
					if v, ok := m.Load(goroutine.ID()); ok && v.(*user) == alice {
						hits++
					}
				}
				m.Delete(goroutine.ID())
			}
			sink.Add(int64(hits))
		},
	)
}

// A shardedMap is a simple map for many goroutines: 64 maps with locks, each on a
// cache line of its own.
type shardedMap [64]struct {
	sync.RWMutex
	m map[uint64]*user
	_ [64]byte
}

func (s *shardedMap) load() *user {
	id := goroutine.ID()
	shard := &s[id%64]
	shard.RLock()
	v := shard.m[id]
	shard.RUnlock()
	return v
}

func (s *shardedMap) store(v *user) {
	id := goroutine.ID()
	shard := &s[id%64]
	shard.Lock()
	shard.m[id] = v
	shard.Unlock()
}

func (s *shardedMap) delete() {
	id := goroutine.ID()
	shard := &s[id%64]
	shard.Lock()
	delete(shard.m, id)
	shard.Unlock()
}

func sharded() table {
	m := new(shardedMap)
	for i := range m {
		m[i].m = make(map[uint64]*user)
	}
	return newTable(
		func() { m.store(alice) }, m.delete,
		func(n int) {
			hits := 0
			for range n {
				if m.load() == alice {
					hits++
				}
			}
			sink.Add(int64(hits))
		},
		func(n int) {
			for range n {
				m.store(alice)
			}
		},
		func(n int) {
			hits := 0
			for range n {
				m.store(alice)
				for range lifetime {
					if m.load() == alice {
						hits++
					}
				}
				m.delete()
			}
			sink.Add(int64(hits))
		},
	)
}
