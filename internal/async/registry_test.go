package async

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// indexes returns the highest index that was ever allocated, and how many are free.
func indexes() (last uint32, free int) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return registry.last, len(registry.free)
}

// TestIndexesAreReused makes a million keys, uses each once and drops it.
func TestIndexesAreReused(t *testing.T) {
	batches, size := 100, 10_000
	if testing.Short() {
		batches = 5
	}
	before, _ := indexes()
	described, _ := KeysInUse()
	for range batches {
		testkit.InGoroutine(func() {
			for i := range size {
				v := new(variable[int])
				v.set(i)
			}
		})
		testkit.EventuallyCollected(t, "the indexes are released", func() bool {
			last, free := indexes()
			keys, _ := KeysInUse()
			return int(last)-free <= int(before)+size/10 && keys <= described+size/10
		})
	}
	last, _ := indexes()
	assert.LessOrEqual(t, int(last-before), 2*size, "%d keys took %d indexes", batches*size, last-before)
}

// A key with the index of a collected one does not see that one's stores, even if they
// are of another type.
func TestKeyWithAReusedIndexSeesNoOldStores(t *testing.T) {
	testkit.InGoroutine(func() {
		var c Context
		var indexBefore, shapeBefore Token
		func() {
			v := new(variable[string])
			v.set("old")
			c = Capture()
			shapeBefore = v.token()
			indexBefore = v.token().vacant()
			runtime.KeepAlive(v)
		}()
		var again []*variable[int]
		var found *variable[int]
		testkit.EventuallyCollected(t, "the index is released", func() bool {
			for free := 1; free > 0 && found == nil; _, free = indexes() {
				v := new(variable[int])
				again = append(again, v)
				if v.token().vacant() == indexBefore {
					found = v
				}
			}
			return found != nil
		})
		assert.NotEqual(t, shapeBefore, found.token())
		found.wantNone(t)
		enter(c, func() {
			found.wantNone(t)
			found.set(7)
			found.want(t, 7)
		})
		found.wantNone(t)
		found.run(8, func() { found.want(t, 8) })
		found.wantNone(t)
		runtime.KeepAlive(again)
	})
}

// While a scope is open no other key gets the index of its key, even if only the scope
// keeps the key alive.
func TestIndexStaysWhileInUse(t *testing.T) {
	testkit.InGoroutine(func() {
		n, index := openScope()
		for range 5 {
			collectSome()
			for free := 1; free > 0; _, free = indexes() {
				v := new(variable[int])
				require.NotEqual(t, index, v.token().vacant(), "the index of an open scope is given out")
			}
		}
		require.True(t, n.End())
	})
}

//go:noinline
func openScope() (Handle, Token) {
	v := new(variable[int])
	return v.scope(1), v.token().vacant()
}

func TestDisableTakesNoIndex(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[int]{}
		v.token()
		before, _ := indexes()
		seen := map[Token]bool{}
		for i := range 10_000 {
			v.set(i)
			v.want(t, i)
			assert.False(t, seen[v.token()], "a token was given out twice")
			seen[v.token()] = true
			v.key.Disable()
			v.wantNone(t)
		}
		after, _ := indexes()
		assert.Equal(t, before, after)
		assert.LessOrEqual(t, arraySize(Current().mask), uint32(1))
	})
}

// An old token may be that of an earlier key with the index, so it describes none.
func TestInfoOfAnOldToken(t *testing.T) {
	v := new(variable[int])
	old := v.token()
	require.Equal(t, reflect.TypeFor[int](), infoOf(old).Type)
	v.key.Disable()
	require.Nil(t, infoOf(old))
	require.Equal(t, reflect.TypeFor[int](), infoOf(v.token()).Type)
}

func TestDisableOfAKeyThatWasNeverUsed(t *testing.T) {
	var k Key
	k.Disable()
	assert.Zero(t, k.Token())
	assert.Nil(t, Lookup(&k))
}

// TestFirstUseByMany uses keys for the first time in several goroutines at once.
func TestFirstUseByMany(t *testing.T) {
	for range 200 {
		v := &variable[int]{}
		var wg sync.WaitGroup
		tokens := make([]Token, 4)
		for i := range tokens {
			wg.Add(1)
			go func() {
				defer wg.Done()
				v.set(i)
				v.want(t, i)
				tokens[i] = v.token()
			}()
		}
		wg.Wait()
		for _, x := range tokens {
			require.Equal(t, tokens[0], x)
		}
	}
}

// TestTokensGrowWhileRead allocates keys, so that the list of tokens is replaced by
// longer ones, while other goroutines call stale without the lock.
func TestTokensGrowWhileRead(t *testing.T) {
	var ks keys
	_, first := ks.allocate(offsetScalar, homes{})
	var newest atomic.Uint64
	newest.Store(uint64(first))
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for reads := 0; ; reads++ {
				if reads%64 == 0 {
					runtime.Gosched() // nothing else here can be preempted with asyncpreemptoff=1
				}
				x := Token(newest.Load())
				if ks.stale(x) && uint64(x) == newest.Load() {
					assert.Fail(t, "a current token is reported stale", "%x", x)
					return
				}
				if x.Index() == scatter(1<<14) {
					return
				}
			}
		}()
	}
	var taken []Token
	for range 1<<14 - 1 {
		_, x := ks.allocate(offsetScalar, homes{})
		newest.Store(uint64(x))
		taken = append(taken, x)
	}
	wg.Wait()
	for _, x := range taken {
		require.False(t, ks.stale(x), "lost when the list was replaced: %x", x)
	}
	assert.Equal(t, taken[7]+generation, ks.advance(taken[7].Index()))
	assert.True(t, ks.stale(taken[7]))
	ks.release(taken[8].Index())
	index, again := ks.allocate(boxed, homes{})
	assert.Equal(t, taken[8].Index(), index, "a free index is used before a new one")
	assert.Greater(t, again>>generationShift, taken[8]>>generationShift+1)
}

func TestZeroTokenHasNoCell(t *testing.T) {
	var k Key
	testkit.InGoroutine(func() {
		assert.Nil(t, Lookup(&k))
		(&variable[int]{}).set(1)
		assert.Nil(t, Lookup(&k))
		assert.Nil(t, lookupSlow(&k))
		enter(Context{}, func() {
			assert.Nil(t, Lookup(&k), "the cells of the zero Context have token 0, too")
			assert.Nil(t, lookupSlow(&k))
		})
	})
}
