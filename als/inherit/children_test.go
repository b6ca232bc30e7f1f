package inherit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After each step of a random program, a plain goroutine reads what its starter reads. One
// that stays reads the same as one that als.Go has started at the same moment, whatever has
// ended meanwhile. Package als has a model of what that is; this test needs none.
func TestAPlainGoroutineReadsWhatItsStarterReads(t *testing.T) {
	for seed := range uint64(testkit.ScaledByG(t, 3000)) {
		p := &program{t: t, rng: rand.New(rand.NewPCG(seed, 0)), storages: [...]*als.Storage[int]{
			als.New(als.Options[int]{RevokeOnEnd: true}),
			als.New(als.Options[int]{RevokeOnEnd: true, Name: "labelled", Label: func(id int) string { return fmt.Sprint(id) }}),
			als.New[int](),
		}}
		p.log("seed %d", seed)
		testkit.InGoroutine(func() {
			defer p.stop()
			p.block(4)
		})
		if t.Failed() {
			return
		}
	}
}

// The End of a scope also removes those directly beneath it that other goroutines have ended.
// A plain goroutine that is started next inherits what lies beneath them.
func TestAPlainGoroutineInheritsWhatLiesBeneathEndedScopes(t *testing.T) {
	s := als.New(als.Options[string]{RevokeOnEnd: true})
	s.Run("beneath", func() {
		a, b, c := s.WithScope("a"), s.WithScope("b"), s.WithScope("c")
		testkit.InGoroutine(b.End)
		testkit.InGoroutine(a.End)
		c.End()
		inherited := ""
		testkit.InGoroutine(func() { inherited = s.Get() })
		assert.Equal(t, "beneath", inherited)
	})
}

// A program makes random calls.
type program struct {
	t        *testing.T
	rng      *rand.Rand
	storages [3]*als.Storage[int]
	open     []openScope
	bound    []func(func())
	pairs    []pair
	ids      int
	lines    []string
}

type openScope struct {
	end       func()
	revocable bool
}

// A pair is a plain goroutine and one of als.Go, started at the same moment. Each answers
// with what it reads.
type pair struct {
	number      int
	started     string // what the starter read then
	plain, byGo chan chan<- string
}

const maxPairs = 5

// start starts a pair in the place of an earlier one. The starter has read all storages.
func (p *program) start() {
	answer := func(questions chan chan<- string) {
		for to := range questions {
			to <- p.read()
		}
	}
	made := pair{started: p.read(), plain: make(chan chan<- string), byGo: make(chan chan<- string), number: p.ids}
	go answer(made.plain)
	als.Go(func() { answer(made.byGo) })
	p.log("pair %d", made.number)
	if len(p.pairs) == maxPairs {
		p.pairs[0].stop()
		p.pairs = p.pairs[1:]
	}
	p.pairs = append(p.pairs, made)
}

// check compares what the two read.
func (q *pair) check(p *program) {
	answer := make(chan string)
	ask := func(to chan chan<- string) string { to <- answer; return <-answer }
	plain := ask(q.plain)
	if byGo := ask(q.byGo); plain != byGo {
		require.Equal(p.t, byGo, plain, "pair %d, which started with %s\n%s", q.number, q.started, strings.Join(p.lines, "\n"))
	}
}

func (q *pair) stop() { close(q.plain); close(q.byGo) }

func (p *program) stop() {
	for _, q := range p.pairs {
		q.stop()
	}
}

func (p *program) log(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

func (p *program) block(depth int) {
	for range 1 + p.rng.IntN(6) {
		p.step(depth - 1)
		p.check()
	}
}

func (p *program) step(depth int) {
	i, n := p.rng.IntN(len(p.storages)), p.rng.IntN(20)
	s := p.storages[i]
	p.ids++
	// within runs a block inside of a call, unless the program is deep enough.
	within := func(call func(func())) {
		call(func() {
			p.check()
			if depth > 0 {
				p.block(depth)
			}
		})
		p.log("it ends")
	}
	switch {
	case n < 3:
		p.log("storage %d: Run(%d)", i, p.ids)
		within(func(fn func()) { s.Run(p.ids, fn) })
	case n < 4:
		p.log("storage %d: Exit", i)
		within(s.Exit)
	case n < 6:
		p.log("storage %d: EnterWith(%d)", i, p.ids)
		s.EnterWith(p.ids)
	case n < 10:
		p.log("storage %d: scope %d = WithScope", i, p.ids)
		scope := s.WithScope(p.ids)
		p.open = append(p.open, openScope{scope.End, s != p.storages[2]})
	case n < 15 && len(p.open) > 0:
		at := p.rng.IntN(len(p.open))
		scope := p.open[at]
		p.open = slices.Delete(p.open, at, at+1)
		if scope.revocable && p.rng.IntN(2) == 0 {
			p.log("open scope %d: End on another goroutine", at)
			testkit.InGoroutine(scope.end)
		} else {
			p.log("open scope %d: End", at)
			scope.end()
		}
	case n < 16:
		p.log("bound %d = Bind", len(p.bound))
		p.bound = append(p.bound, als.Bind(func(fn func()) { fn() }))
	case n < 18 && len(p.bound) > 0:
		at := p.rng.IntN(len(p.bound))
		p.log("bound %d", at)
		within(p.bound[at])
	case n < 19:
		p.log("pprof.Do")
		within(func(fn func()) {
			pprof.Do(context.Background(), pprof.Labels("a", "b"), func(context.Context) { fn() })
		})
	case p.rng.IntN(4) == 0:
		p.log("storage %d: Disable", i)
		s.Disable()
	}
}

// check compares what this goroutine and a plain one read. The starter reads first: a
// scope that another goroutine has ended is carried until then.
func (p *program) check() {
	want := p.read()
	var got string
	testkit.InGoroutine(func() { got = p.read() })
	require.Equal(p.t, want, got, strings.Join(p.lines, "\n"))
	if p.rng.IntN(4) == 0 {
		p.start()
	}
	if len(p.pairs) > 0 && p.rng.IntN(2) == 0 {
		p.pairs[p.rng.IntN(len(p.pairs))].check(p)
	}
}

func (p *program) read() string {
	var all []string
	for _, s := range p.storages {
		store, ok := s.GetStore()
		all = append(all, fmt.Sprint(store, ok))
	}
	return strings.Join(all, ", ")
}
