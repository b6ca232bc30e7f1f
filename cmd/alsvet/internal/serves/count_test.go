package serves_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A count of all calls that decides whether a goroutine starts makes it work for all of them.
func TestStartedByCount(t *testing.T) {
	const cache = `type cache struct { hits map[string]int; keys []string; n int; a atomic.Int64; b int32; r remote }
		func (c *cache) fill(k string) { c.r.Load(k) }
		func (c *cache) get(k string) int { `
	for name, test := range map[string]struct {
		body   string
		answer serves.Answer
	}{
		"an element":                     {`c.hits[k]++; if c.hits[k] == 3 { go c.fill(k) }`, serves.Others},
		"a field":                        {`c.n++; if c.n > 3 { go c.fill(k) }`, serves.Others},
		"in a variable":                  {`c.n++; n := c.n; if n == 1 { go c.fill(k) }`, serves.Others},
		"otherwise the function returns": {`c.hits[k]++; if c.hits[k] != 3 { return 1 }; go c.fill(k)`, serves.Others},
		"an atomic value":                {`if n := c.a.Add(1); n == 1 { go c.fill(k) }`, serves.Others},
		"an atomic number":               {`if atomic.AddInt32(&c.b, 1) == 1 { go c.fill(k) }`, serves.Others},
		"a limit":                        {`c.n++; if c.n > 3 { return 0 }; go c.fill(k)`, serves.Starter},
		"the first of all":               {`c.n++; if c.n > 1 { return 0 }; go c.fill(k)`, serves.Others},
		"a sum":                          {`c.n += 1; first := c.n == 1; if first { go c.fill(k) }`, serves.Others},
		"a list":                         {`c.keys = append(c.keys, k); if len(c.keys) == 1 { go c.fill(k) }`, serves.Others},
		"a case of a switch":             {`switch c.hits[k] { case 0: c.hits[k] = 1; go c.fill(k); case 1: c.hits[k] = 2 }`, serves.Others},
		"a case of a constant":           {`switch c.n { case 0: go c.fill(k) }`, serves.Starter},
		"of this call":                   {`n := 0; n++; if n == 1 { go c.fill(k) }`, serves.Starter},
		"of which nothing is the test":   {`c.n++; if c.hits[k] == 1 { go c.fill(k) }`, serves.Starter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judge(t, sourcetest.Run(t, serves.Analyzer, "package p\n\nimport \"sync/atomic\"\n"+remote+cache+test.body+"; return 0 }")[0])
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
			assert.False(t, verdict.Idle)
		})
	}
}

// A goroutine that the end of a value starts is not started once for all, whatever marks the end.
func TestStartedAtTheEnd(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"a swap": {`import "sync/atomic"
			type s struct { closing atomic.Bool; r remote }
			func (s *s) Stop(n int) { if !s.closing.CompareAndSwap(false, true) { return }; go s.r.Tell(n) }`, serves.Starter, ""},
		"a swap in a variable": {`import "sync/atomic"
			type s struct { closing atomic.Bool; r remote }
			func (s *s) Stop(n int) { swapped := s.closing.CompareAndSwap(false, true); if !swapped { return }; go s.r.Tell(n) }`, serves.Starter, ""},
		"of a number": {`import "sync/atomic"
			type s struct { closed int32; r remote }
			func (s *s) Stop(n int) { if !atomic.CompareAndSwapInt32(&s.closed, 0, 1) { return }; go s.r.Tell(n) }`, serves.Starter, ""},
		"in a method": {`import "sync/atomic"
			type s struct { closing atomic.Bool; r remote }
			func (s *s) begin() bool { return s.closing.CompareAndSwap(false, true) }
			func (s *s) Stop(n int) { if s.begin() { go s.r.Tell(n) } }`, serves.Starter, ""},
		"a mark of an end that is taken away": {`import "sync/atomic"
			type s struct { stopped atomic.Bool; r remote }
			func (s *s) Start(n int) { if s.stopped.CompareAndSwap(true, false) { go s.r.Tell(n) } }`, serves.Others, "CompareAndSwap"},
		"a number of an end that is taken away": {`import "sync/atomic"
			type s struct { stopped int32; r remote }
			func (s *s) Start(n int) { if atomic.CompareAndSwapInt32(&s.stopped, 1, 0) { go s.r.Tell(n) } }`, serves.Others, "CompareAndSwap"},
		"a mark of a start": {`import "sync/atomic"
			type s struct { started int32; r remote }
			func (s *s) Start(n int) { if !atomic.CompareAndSwapInt32(&s.started, 0, 1) { return }; go s.r.Tell(n) }`, serves.Others, "CompareAndSwap"},
	}))
}

// A batch is one whatever copies it.
func TestCopiesOfBatches(t *testing.T) {
	const batcher = `type b struct { items []int; current *group; byKey map[string]int; r remote }
		func (b *b) flush(c context.Context, items []int) { for _, n := range items { b.r.Tell(n) } }
		func (b *b) flushMap(c context.Context, items map[string]int) { for _, n := range items { b.r.Tell(n) } }
		type group struct { items []int }
		func newGroup() *group { return &group{} }
		func (b *b) flushGroup(c context.Context, g *group) { for _, n := range g.items { b.r.Tell(n) } }
		func (b *b) tell(c context.Context, keys []string) { for _, k := range keys { b.r.Load(k) } }
		func (b *b) flushAll(c context.Context, own []int) { items := b.items; b.items = nil; for _, n := range items { b.r.Tell(n) } }
		func (b *b) send(c context.Context, own []int) { `
	for name, test := range map[string]struct {
		body   string
		answer serves.Answer
	}{
		"slices.Clone":        {`items := slices.Clone(b.items); b.items = b.items[:0]; go b.flush(c, items)`, serves.Unclear},
		"slices.Concat":       {`items := slices.Concat(own, b.items); b.items = nil; go b.flush(c, items)`, serves.Unclear},
		"maps.Clone":          {`items := maps.Clone(b.byKey); b.byKey = nil; go b.flushMap(c, items)`, serves.Unclear},
		"the values":          {`items := slices.Collect(maps.Values(b.byKey)); b.byKey = nil; go b.flush(c, items)`, serves.Unclear},
		"sorted keys":         {`keys := slices.Sorted(maps.Keys(b.byKey)); clear(b.byKey); go b.tell(c, keys)`, serves.Unclear},
		"the keys one by one": {`var keys []string; for k := range b.byKey { keys = append(keys, k); delete(b.byKey, k) }; go b.tell(c, keys)`, serves.Unclear},
		"a part":              {`items := b.items[:1]; b.items = b.items[1:]; go b.flush(c, items)`, serves.Unclear},
		"a new map":           {`items := b.byKey; b.byKey = make(map[string]int); go b.flushMap(c, items)`, serves.Unclear},
		"in a struct":         {`full := b.current; b.current = &group{}; go b.flush(c, full.items)`, serves.Unclear},
		"a whole struct":      {`full := b.current; b.current = newGroup(); go b.flushGroup(c, full)`, serves.Unclear},
		"a struct that stays": {`current := b.current; go b.flushGroup(c, current)`, serves.Starter},
		"in the goroutine":    {`go b.flushAll(c, own)`, serves.Unclear},
		"one's own":           {`items := slices.Clone(own); b.items = nil; go b.flush(c, items)`, serves.Starter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judge(t, sourcetest.Run(t, serves.Analyzer, `package p

				import ("context"; "maps"; "slices")

				var _, _ = maps.Clone[map[int]int], slices.Clone[[]int]
				`+remote+batcher+test.body+" }")[0])
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
		})
	}
}
