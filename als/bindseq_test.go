package als_test

import (
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bindIn binds a sequence where s has a store.
func bindIn[T, V any](s *als.Storage[T], store T, seq iter.Seq[V]) iter.Seq[V] {
	return als.RunFunc(s, store, func() iter.Seq[V] { return als.BindSeq(seq) })
}

func TestSequenceAndBodyHaveTheirOwnContexts(t *testing.T) {
	var s, other als.Storage[string]
	bound := bindIn(&s, "maker", func(yield func(int) bool) {
		wantStore(t, &s, "maker")
		wantNone(t, &other)
		for i := range 3 {
			if !yield(i) {
				return
			}
			want := "maker"
			if i > 0 {
				want = fmt.Sprint("changed by the sequence ", i-1)
			}
			wantStore(t, &s, want, "the sequence's own change stays")
			s.EnterWith(fmt.Sprint("changed by the sequence ", i))
			wantNone(t, &other)
		}
	})
	for range 2 { // every range starts from the captured context
		testkit.InGoroutine(func() {
			s.EnterWith("loop")
			for i := range bound {
				want := "loop"
				if i > 0 {
					want = fmt.Sprint("changed by the body ", i-1)
				}
				wantStore(t, &s, want, "the body's own change stays")
				s.EnterWith(fmt.Sprint("changed by the body ", i))
				other.Run("other", func() { wantStore(t, &other, "other") })
				testkit.Through(als.Go, func() { wantStore(t, &s, fmt.Sprint("changed by the body ", i)) })
			}
			wantStore(t, &s, "changed by the body 2", "and after the loop")
		})
	}
}

// With inheritance, plain go statements on either side carry the stores of that side.
func TestGoroutinesOfSequenceAndBody(t *testing.T) {
	var s als.Storage[string]
	starts := func(want string) {
		t.Helper()
		testkit.InGoroutine(func() { // first, because a read could make up for a switch that published nothing
			if inheriting {
				wantStore(t, &s, want)
			} else {
				wantNone(t, &s)
			}
		})
		testkit.Through(als.Go, func() { wantStore(t, &s, want) })
	}
	bound := bindIn(&s, "maker", func(yield func(int) bool) {
		starts("maker")
		yield(1)
		starts("maker")
		s.EnterWith("sequence")
		yield(2)
		starts("sequence")
	})
	s.Run("loop", func() {
		for i := range bound {
			want := "loop"
			if i > 1 {
				want = "body"
			}
			starts(want)
			s.EnterWith("body")
			starts("body")
		}
		starts("body")
	})
}

func TestBindSeq2YieldsPairs(t *testing.T) {
	var s als.Storage[string]
	bound := als.RunFunc(&s, "maker", func() iter.Seq2[int, string] {
		return als.BindSeq2(func(yield func(int, string) bool) {
			for i, v := range []string{"a", "b"} {
				wantStore(t, &s, "maker")
				if !yield(i, v+s.Get()) {
					return
				}
			}
		})
	})
	s.Run("loop", func() {
		got := map[int]string{}
		for i, v := range bound {
			wantStore(t, &s, "loop")
			got[i] = v
		}
		assert.Equal(t, map[int]string{0: "amaker", 1: "bmaker"}, got)
		assert.Equal(t, got, maps.Collect(bound))
	})
}

// However a range ends, in the body or in the sequence, the sequence's deferred calls
// see the sequence's stores. The caller then has those of the body.
func TestRangeOverABoundSequenceRestoresHoweverItEnds(t *testing.T) {
	var s als.Storage[string]
	ended := false
	sequence := func(end func()) iter.Seq[int] {
		return bindIn(&s, "maker", func(yield func(int) bool) {
			defer func() {
				wantStore(t, &s, "sequence")
				ended = true
			}()
			s.EnterWith("sequence")
			if !yield(1) {
				return
			}
			wantStore(t, &s, "sequence")
			end()
			yield(2)
		})
	}
	nop := func() {}
	for _, c := range []struct {
		end     string
		run     func()
		panics  any
		returns bool
	}{
		{"the sequence returns", func() {
			for range sequence(nop) {
				s.EnterWith("body")
			}
		}, nil, true},
		{"break", func() {
			for range sequence(nop) {
				s.EnterWith("body")
				break
			}
		}, nil, true},
		{"return", func() {
			for range sequence(nop) {
				s.EnterWith("body")
				return
			}
		}, nil, true},
		{"panic in the body", func() {
			for range sequence(nop) {
				s.EnterWith("body")
				panic("x")
			}
		}, "x", true},
		{"panic in the sequence", func() {
			for range sequence(func() { panic("x") }) {
				s.EnterWith("body")
			}
		}, "x", true},
		{"Goexit in the body", func() {
			for range sequence(nop) {
				s.EnterWith("body")
				runtime.Goexit()
			}
		}, nil, false},
		{"Goexit in the sequence", func() {
			for range sequence(runtime.Goexit) {
				s.EnterWith("body")
			}
		}, nil, false},
	} {
		for _, stores := range []bool{false, true} {
			testkit.InGoroutine(func() {
				if stores {
					s.EnterWith("caller")
				}
				ended = false
				returned := false
				defer func() {
					assert.True(t, ended, c.end)
					wantStore(t, &s, "body", c.end)
					assert.Equal(t, c.returns, returned, c.end)
				}()
				assert.Equal(t, c.panics, testkit.Caught(c.run), c.end)
				returned = true
			})
		}
	}
}

// Scopes and Runs of the sequence stay open while the body runs, and those around the
// body while the sequence runs. Either side can end a scope of the other.
func TestScopesStayOpenOnBothSidesOfABoundSequence(t *testing.T) {
	var s als.Storage[string]
	testkit.InGoroutine(func() {
		s.EnterWith("loop")
		outer := s.WithScope("outer")
		var inner als.Scope[string]
		bound := bindIn(&s, "maker", func(yield func(int) bool) {
			inner = s.WithScope("scope of the sequence")
			yield(1)
			wantStore(t, &s, "maker", "the body has ended the scope")
			func() {
				defer s.WithScope("another").End()
				yield(2)
				wantStore(t, &s, "another")
			}()
			wantStore(t, &s, "maker")
			s.Run("run", func() {
				outer.End()
				yield(3)
				wantStore(t, &s, "run")
			})
			wantStore(t, &s, "maker")
			s.WithScope("never ended")
		})
		var body als.Scope[string]
		for i := range bound {
			switch i {
			case 1:
				wantStore(t, &s, "outer")
				inner.End()
				wantStore(t, &s, "outer")
			case 2:
				wantStore(t, &s, "outer")
				s.Run("run of the body", func() { wantStore(t, &s, "run of the body") })
			case 3:
				wantStore(t, &s, "loop", "the sequence has ended the scope")
				body = s.WithScope("body")
			}
		}
		wantStore(t, &s, "body")
		body.End()
		wantStore(t, &s, "loop")
		inner.End()
		outer.End()
		wantStore(t, &s, "loop")
	})
}

func TestNestedRangesOverBoundSequences(t *testing.T) {
	var s als.Storage[string]
	three := func(yield func(int) bool) {
		for i := range 3 {
			own := s.Get()
			if !yield(i) {
				return
			}
			wantStore(t, &s, own)
			s.EnterWith(own + "+")
		}
	}
	bound := bindIn(&s, "maker", three)
	chained := bindIn(&s, "outer maker", func(yield func(int) bool) {
		for i := range bound {
			wantStore(t, &s, "outer maker")
			if !yield(i) {
				return
			}
		}
		bound(yield) // passed on
		wantStore(t, &s, "outer maker")
	})
	s.Run("loop", func() {
		var got []int
		for i := range bound {
			wantStore(t, &s, "loop")
			for j := range bound { // the same one, inside of itself
				wantStore(t, &s, "loop")
				for k := range chained {
					wantStore(t, &s, "loop")
					got = append(got, 100*i+10*j+k)
				}
			}
		}
		assert.Len(t, got, 3*3*6)
		wantStore(t, &s, "loop")
	})
}

// The only cell of a goroutine may be in its record. The body may start to use it while
// the sequence is in a captured context, and the other way round.
func TestSequenceAndBodyDoNotShareACell(t *testing.T) {
	var s als.Storage[string]
	snapshot := als.RunFunc(&s, "snapshot", als.Snapshot)
	for _, maker := range []func(seq iter.Seq[int]) iter.Seq[int]{
		als.BindSeq[int],
		func(seq iter.Seq[int]) iter.Seq[int] { return bindIn(&s, "maker", seq) },
	} {
		bound := maker(func(yield func(int) bool) {
			before, ok := s.GetStore()
			snapshot.Run(func() {
				yield(1)
				wantStore(t, &s, "snapshot")
				s.EnterWith("changed in the snapshot")
				yield(2)
				wantStore(t, &s, "changed in the snapshot")
			})
			after, okAfter := s.GetStore()
			assert.Equal(t, before, after)
			assert.Equal(t, ok, okAfter)
			s.EnterWith("sequence")
			yield(3)
			wantStore(t, &s, "sequence")
		})
		for _, captured := range []bool{false, true} {
			testkit.InGoroutine(func() {
				s.EnterWith("loop")
				if captured {
					als.Snapshot()
				}
				last := "loop"
				for i := range bound {
					wantStore(t, &s, last)
					last = fmt.Sprint("body ", i)
					s.EnterWith(last)
					als.ExecutionContext{}.Run(func() { s.EnterWith("elsewhere") })
				}
				wantStore(t, &s, "body 3")
			})
		}
	}
}

func TestBoundSequenceThatIsPulled(t *testing.T) {
	var s als.Storage[string]
	stopped := false
	bound := bindIn(&s, "maker", func(yield func(string) bool) {
		defer func() {
			wantStore(t, &s, "maker++")
			stopped = true
		}()
		for yield(s.Get()) {
			s.EnterWith(s.Get() + "+")
		}
	})
	s.Run("puller", func() {
		next, stop := iter.Pull(bound)
		for i, want := range []string{"maker", "maker+", "maker++"} {
			pull := func() {
				before, _ := s.GetStore()
				got, ok := next()
				assert.True(t, ok)
				assert.Equal(t, want, got)
				assert.Equal(t, before, s.Get(), "the puller's stores are its own")
			}
			if i == 1 {
				testkit.InGoroutine(pull) // next may be called by any goroutine
			} else {
				pull()
			}
		}
		stop()
		assert.True(t, stopped)
		wantStore(t, &s, "puller")
	})
}

func TestConcurrentRangesOverOneBoundSequence(t *testing.T) {
	var s als.Storage[string]
	bound := bindIn(&s, "maker", func(yield func(int) bool) {
		for i := range 100 {
			if s.Get() != "maker" || !yield(i) {
				return
			}
		}
	})
	var all sync.WaitGroup
	for g := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			s.EnterWith(fmt.Sprint("loop ", g))
			n := 0
			for range bound {
				n++
				if n%10 == 0 {
					runtime.Gosched()
				}
				s.EnterWith(fmt.Sprint("loop ", g, " ", n))
			}
			assert.Equal(t, 100, n)
			wantStore(t, &s, fmt.Sprint("loop ", g, " ", 100))
		}()
	}
	all.Wait()
}

// A body that is called outside of its loop's goroutine has the stores of the goroutine
// that calls it, and changes no other's.
func TestBodyOfABoundSequenceThatIsCalledElsewhere(t *testing.T) {
	var s als.Storage[string]
	var kept func(int) bool
	inBody, looked := make(chan struct{}), make(chan struct{})
	bound := bindIn(&s, "maker", func(yield func(int) bool) {
		kept = yield
		done := make(chan struct{})
		als.Go(func() {
			s.EnterWith("goroutine of the sequence")
			yield(1)
			wantStore(t, &s, "changed by the body")
			close(done)
		})
		<-inBody
		wantStore(t, &s, "maker")
		close(looked)
		<-done
		wantStore(t, &s, "maker")
		yield(2)
		wantStore(t, &s, "maker")
	})
	testkit.InGoroutine(func() {
		s.EnterWith("loop")
		bound(func(i int) bool {
			switch i {
			case 1:
				close(inBody)
				<-looked
				wantStore(t, &s, "goroutine of the sequence")
				s.EnterWith("changed by the body")
			case 2:
				wantStore(t, &s, "loop")
				kept(3) // within itself
				wantStore(t, &s, "changed by the inner call")
			case 3:
				wantStore(t, &s, "loop")
				s.EnterWith("changed by the inner call")
			case 4:
				wantStore(t, &s, "after the loop")
			}
			return true
		})
		s.EnterWith("after the loop")
		kept(4)
		wantStore(t, &s, "after the loop")
	})
}

func TestBoundSequenceOfStoresThatHaveEnded(t *testing.T) {
	revoked := als.New(als.Options[string]{RevokeOnEnd: true})
	var disabled als.Storage[string]
	seq := func(yield func(int) bool) {
		wantNone(t, revoked)
		wantNone(t, &disabled)
		disabled.EnterWith("sequence")
		yield(1)
		wantNone(t, &disabled, "the body has disabled it")
	}
	bound := bindIn(revoked, "maker", als.RunFunc(&disabled, "maker", func() iter.Seq[int] { return als.BindSeq(seq) }))
	disabled.Disable()
	revoked.Run("loop", func() {
		for range bound {
			wantStore(t, revoked, "loop")
			disabled.Disable()
		}
	})
}

func TestBoundSequenceKeepsItsStoresAndARangeThoseOfBoth(t *testing.T) {
	s := als.New[*payload]()
	var bound iter.Seq[int]
	var maker, loop weak.Pointer[payload]
	testkit.InGoroutine(func() {
		var p *payload
		p, maker = newPayload()
		bound = bindIn(s, p, func(yield func(int) bool) {
			testkit.Held(t, "the store of the loop", loop)
			yield(1)
			s.EnterWith(nil)
			yield(2)
		})
	})
	testkit.Held(t, "the store of a bound sequence", maker)
	testkit.InGoroutine(func() {
		func() {
			var p *payload
			p, loop = newPayload()
			s.EnterWith(p)
		}()
		for i := range bound {
			if i == 1 {
				testkit.Held(t, "the store of the sequence", maker)
				s.EnterWith(nil)
				testkit.Garbage(t, "the store that the body has replaced", loop)
			}
		}
	})
	bound = nil
	testkit.Garbage(t, "the store of a sequence that was dropped", maker)
}

func TestAllocationsOfABoundSequence(t *testing.T) {
	var s als.Storage[int]
	seq := slices.Values([]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		als.Snapshot()
		var bound iter.Seq[int]
		wantAllocs(t, "BindSeq", 1, func() { bound = als.BindSeq(seq) })
		n := 0
		wantAllocs(t, "a range over ten values", 4, func() { // two of them for the body and n
			for i := range bound {
				n += i
			}
		})
		require.NotZero(t, n)
	})
}
