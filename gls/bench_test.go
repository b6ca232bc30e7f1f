package gls

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// An impl is one way to keep a value by goroutine. All but gls use the ID as the key,
// because it is never reused. Their entries stay until the program deletes them.
type impl struct {
	name   string
	load   func() *int
	store  func(*int)
	delete func()
	memory any // keeps the entries alive
}

func impls() []impl {
	table := new(Table[int])
	syncMap := new(sync.Map)
	sharded := new(shardedMap)
	for i := range sharded {
		sharded[i].m = make(map[uint64]*int)
	}
	return []impl{
		{"gls", table.Load, table.Store, table.Delete, table},
		{
			"sync.Map",
			func() *int {
				if v, ok := syncMap.Load(goroutine.ID()); ok {
					return v.(*int)
				}
				return nil
			},
			func(v *int) { syncMap.Store(goroutine.ID(), v) },
			func() { syncMap.Delete(goroutine.ID()) },
			syncMap,
		},
		{"mutex-sharded", sharded.load, sharded.store, sharded.delete, sharded},
	}
}

// A shardedMap is the obvious alternative: 64 maps, each with a lock, on cache lines of
// their own.
type shardedMap [64]struct {
	sync.RWMutex
	m map[uint64]*int
	_ [64]byte
}

func (s *shardedMap) load() *int {
	id := goroutine.ID()
	shard := &s[id%64]
	shard.RLock()
	defer shard.RUnlock()
	return shard.m[id]
}

func (s *shardedMap) store(v *int) {
	id := goroutine.ID()
	shard := &s[id%64]
	shard.Lock()
	defer shard.Unlock()
	shard.m[id] = v
}

func (s *shardedMap) delete() {
	id := goroutine.ID()
	shard := &s[id%64]
	shard.Lock()
	defer shard.Unlock()
	delete(shard.m, id)
}

// BenchmarkTable measures one goroutine's Load and Store while many others hold
// values. lifecycle is a new goroutine that stores, loads and deletes.
func BenchmarkTable(b *testing.B) {
	for _, n := range []int{1, 1000, 100_000} {
		for _, impl := range impls() {
			if n > 8000 && race.Enabled {
				continue
			}
			v := new(int)
			release := park(n-1, func(int) { impl.store(v) })
			testkit.Collect(b, 1) // with a sweep, which completes the growth
			name := func(op string) string { return fmt.Sprintf("op=%s/impl=%s/goroutines=%d", op, impl.name, n) }
			b.Run(name("load"), func(b *testing.B) {
				impl.store(v)
				defer impl.delete()
				for range b.N {
					if impl.load() != v {
						b.Fatal("load does not return the stored value")
					}
				}
			})
			b.Run(name("store"), func(b *testing.B) {
				defer impl.delete()
				for range b.N {
					impl.store(v)
				}
			})
			b.Run(name("lifecycle"), func(b *testing.B) {
				var done sync.WaitGroup
				for range b.N {
					done.Add(1)
					go func() {
						defer done.Done()
						impl.store(v)
						if impl.load() != v {
							panic("load does not return the stored value")
						}
						impl.delete()
					}()
					done.Wait()
				}
			})
			release()
		}
	}
	b.Run("op=lifecycle/impl=none/goroutines=1", func(b *testing.B) { // the goroutine without a value
		var done sync.WaitGroup
		for range b.N {
			done.Add(1)
			go done.Done()
			done.Wait()
		}
	})
}

// BenchmarkParallelLoad loads on every P at once.
func BenchmarkParallelLoad(b *testing.B) {
	for _, impl := range impls() {
		b.Run("impl="+impl.name, func(b *testing.B) {
			v := new(int)
			b.RunParallel(func(pb *testing.PB) {
				impl.store(v)
				defer impl.delete()
				for pb.Next() {
					if impl.load() != v {
						panic("load does not return the stored value")
					}
				}
			})
		})
	}
}

func BenchmarkLocal(b *testing.B) {
	var local Local[int]
	local.Set(1)
	b.Run("op=Get", func(b *testing.B) {
		for range b.N {
			local.Get()
		}
	})
	b.Run("op=Set", func(b *testing.B) {
		for i := range b.N {
			local.Set(i)
		}
	})
}

// BenchmarkAll measures a walk of the table, per entry. It checks for each entry that
// its goroutine is alive.
func BenchmarkAll(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		if n > 8000 && race.Enabled {
			continue
		}
		var table Table[int]
		release := park(n, func(int) { table.Store(new(int)) })
		b.Run(fmt.Sprintf("goroutines=%d", n), func(b *testing.B) {
			for range b.N {
				table.Len()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
		})
		release()
	}
}

// BenchmarkMemory measures the bytes of an entry, without the value and the goroutine.
func BenchmarkMemory(b *testing.B) {
	n := 100_000
	if race.Enabled {
		n = 5000
	}
	heapOfHolders(n, func(*int) {}) // the runtime keeps their gs for the next ones
	for _, impl := range impls() {
		b.Run("impl="+impl.name, func(b *testing.B) {
			var total int64
			for range b.N {
				total += heapOfHolders(n, impl.store) - heapOfHolders(n, func(*int) {})
			}
			b.ReportMetric(float64(total)/float64(b.N)/float64(n), "B/entry")
			runtime.KeepAlive(impl.memory)
		})
	}
}

// heapOfHolders returns by how much the heap grows when n goroutines store a value.
func heapOfHolders(n int, store func(*int)) int64 {
	v := new(int)
	runtime.GC()
	before := heapAlloc()
	release := park(n, func(int) { store(v) })
	during := heapAlloc()
	release()
	return during - before
}
