package async

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// Work with one key walks past a few scopes of others at most, and memory for many tops goes
// with them.
func TestManyTopsHaveAnIndex(t *testing.T) {
	testkit.InGoroutine(func() {
		var handles []Handle
		var other variable[int]
		for i := range 1000 {
			handles = append(handles, new(variable[int]).scope(i))
		}
		wantSound(t, Current())
		other.run(1, func() {
			require.Len(t, Current().extras().tops.index.of, len(handles))
			other.want(t, 1)
		})
		enter(Capture(), func() {
			other.scope(1)
			handles[0].End() // which only marks it
			wantSound(t, Current())
			require.EqualValues(t, 1, Current().extras().marked)
		})
		require.Len(t, Current().extras().tops.index.of, len(handles)-1, "it is not made again")
		require.Zero(t, Current().extras().marked)
		require.Empty(t, *Current().extras().suspended)
		handles = handles[1:]
		enter(Capture(), func() {})
		require.Len(t, Current().extras().tops.index.of, len(handles), "a switch does not look at the scopes")
		other.scope(1).End()
		require.Len(t, Current().extras().tops.index.of, len(handles))
		for _, h := range handles[:len(handles)-1] {
			h.End()
		}
		wantSound(t, Current())
		require.Nil(t, Current().extras().tops.index)
	})
}

// wantTops checks a list of tops, its index, and what of returns for each key.
func wantTops(t *testing.T, l *tops, want []*Scope, keys []*Key) {
	t.Helper()
	var before *Scope
	count := 0
	for n := l.first; n != nil; before, n, count = n, n.next, count+1 {
		require.Contains(t, want, n)
		if l.index != nil {
			require.Equal(t, listed{n, before}, l.index.of[n.key.Token().Index()])
		}
	}
	require.Len(t, want, count)
	if l.index != nil {
		require.Len(t, l.index.of, count)
		require.Greater(t, count, longWalk/2, "so few need no index")
	}
	for _, k := range keys {
		i := slices.IndexFunc(want, func(n *Scope) bool { return n.key == k })
		if got := l.of(k.Token()); i < 0 {
			require.Nil(t, got)
		} else {
			require.Same(t, want[i], got)
		}
	}
}

// Random sequences of tops that are added and removed, checked against a slice.
func TestTopsAgainstASlice(t *testing.T) {
	var variables [3 * longWalk]variable[int]
	var keys []*Key
	for i := range variables {
		variables[i].token()
		keys = append(keys, &variables[i].key)
	}
	for seed := range uint64(testkit.Scaled(t, 300)) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		var l tops
		var want []*Scope
		grows := 8 // of ten steps; then the list shrinks
		for step := range 100 {
			if step == 60 {
				grows = 3
			}
			k := keys[rnd.IntN(len(keys))]
			switch i := slices.IndexFunc(want, func(n *Scope) bool { return n.key == k }); {
			case i < 0 && rnd.IntN(10) < grows:
				n := &Scope{key: k}
				l.add(n, k.Token())
				want = append(want, n)
			case i < 0:
				require.Nil(t, l.remove(k.Token()))
			case rnd.IntN(10) >= grows:
				n := l.remove(k.Token())
				require.Same(t, want[i], n)
				require.Nil(t, n.next, "it keeps no other scope alive")
				want = slices.Delete(want, i, i+1)
			}
			wantTops(t, &l, want, keys)
		}
	}
	runtime.KeepAlive(&variables)
}

// A goroutine may look for the top of a key with a token that a Disable has replaced since.
func TestTopOfADisabledKey(t *testing.T) {
	for _, count := range []int{1, 2 * longWalk} {
		variables := make([]variable[int], count)
		var l tops
		var stale []Token
		for i := range variables {
			stale = append(stale, variables[i].token())
			l.add(&Scope{key: &variables[i].key}, stale[i])
		}
		for i := range variables {
			variables[i].key.Disable()
			require.Same(t, &variables[i].key, l.of(stale[i]).key)
			require.NotNil(t, l.remove(stale[i]))
		}
		require.Nil(t, l.first)
		runtime.KeepAlive(variables)
	}
}

// Random programs with up to forty keys that have open scopes.
func TestRandomScopesOfManyKeys(t *testing.T) {
	for seed := range uint64(testkit.ScaledByG(t, 100)) {
		testkit.InGoroutine(func() {
			p := &scopesProgram{t: t, rng: rand.New(rand.NewPCG(seed, 0)), now: new(scopesContext)}
			for i := range p.keys {
				p.keys[i] = &variable[int]{revoke: i%3 == 0}
			}
			p.block(2)
		})
		if t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

const manyKeys = 40

type scopesProgram struct {
	t     *testing.T
	rng   *rand.Rand
	keys  [manyKeys]*variable[int]
	now   *scopesContext
	open  []openHandle
	count int
}

// scopesContext has, of each key, the stores that lie on each other.
type scopesContext [manyKeys][]*layered

type layered struct {
	store int
	ended bool
}

type openHandle struct {
	key    int
	handle Handle
	layer  *layered
}

// current returns the innermost store of a key that has not ended, nil if there is none.
func (c *scopesContext) current(key int) *layered {
	for i := len(c[key]) - 1; i >= 0; i-- {
		if l := c[key][i]; !l.ended {
			return l
		}
	}
	return nil
}

// end ends the layers of a key from the given one on.
func (c *scopesContext) end(key, from int) {
	for _, l := range c[key][from:] {
		l.ended = true
	}
	c[key] = c[key][:from]
}

func (p *scopesProgram) push(key int) *layered {
	p.count++
	l := &layered{store: p.count}
	p.now[key] = append(p.now[key], l)
	return l
}

func (p *scopesProgram) block(depth int) {
	for range 10 + p.rng.IntN(30) {
		p.step(depth)
		p.check(p.rng.IntN(manyKeys))
	}
	for key := range p.keys {
		p.check(key)
	}
	wantSound(p.t, Current())
}

func (p *scopesProgram) step(depth int) {
	key := p.rng.IntN(manyKeys)
	v := p.keys[key]
	switch n := p.rng.IntN(20); {
	case n < 9:
		l := p.push(key)
		p.open = append(p.open, openHandle{key, v.scope(l.store), l})
	case n < 16 && len(p.open) > 0:
		at := p.rng.IntN(len(p.open))
		h := p.open[at]
		p.open[at] = p.open[len(p.open)-1]
		p.open = p.open[:len(p.open)-1]
		h.layer.ended = true
		if p.keys[h.key].revoke && p.rng.IntN(2) == 0 {
			testkit.InGoroutine(func() { require.True(p.t, h.handle.End()) })
		} else {
			require.True(p.t, h.handle.End())
		}
	case n < 18 && depth > 0:
		from := len(p.now[key])
		v.run(p.push(key).store, func() { p.block(depth - 1) })
		p.now.end(key, from)
	case depth > 0:
		was, inner := p.now, new(scopesContext)
		for key, v := range p.keys {
			switch l := was.current(key); {
			case l == nil:
			case v.revoke:
				inner[key] = []*layered{l} // it ends in both
			default:
				inner[key] = []*layered{{store: l.store}}
			}
		}
		p.now = inner
		captured := *inner
		enter(Capture(), func() { p.block(depth - 1) })
		for key := range p.keys {
			inner.end(key, len(captured[key]))
		}
		p.now = was
	}
}

func (p *scopesProgram) check(key int) {
	got, ok := p.keys[key].get()
	want := p.now.current(key)
	require.Equal(p.t, want != nil, ok)
	if ok {
		require.Equal(p.t, want.store, got)
	}
}
