package serves

import (
	"go/ast"
	"maps"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// A standing says where a function runs.
type standing int

const (
	anywhere  standing = iota
	uncertain          // on goroutines that are not started with als.Go, as they may serve others
	servers            // on goroutines that serve others, or in main or init
)

// runsOn returns where a function runs with no function on the way that puts a store in
// place: it is unexported, and all its uses start such goroutines or are calls in such
// functions.
func (j *Judge) runsOn(f *flow.Func) standing {
	if f == nil {
		return anywhere
	}
	if j.standings == nil {
		j.findStandings()
	}
	return j.standings[f]
}

// findStandings finds where all functions of the package run. Functions that call each other depend
// on each other, so all begin as those of servers, and each round finds them anew from the round
// before. To follow one function after another would let the answer depend on which is asked for
// first. A standing falls at most twice, so that is enough rounds.
func (j *Judge) findStandings() {
	ways := make(map[*flow.Func][]way)
	j.standings = make(map[*flow.Func]standing)
	for _, f := range j.flow.Funcs() {
		ways[f] = j.waysTo(f)
		j.standings[f] = servers
	}
	for range 2*len(ways) + 1 {
		next := make(map[*flow.Func]standing)
		for f := range ways {
			next[f] = j.leastOf(ways[f])
		}
		if maps.Equal(next, j.standings) {
			return
		}
		j.standings = next
	}
}

// leastOf returns the least of the standings that a function has by each way.
func (j *Judge) leastOf(ways []way) standing {
	at := servers
	for _, w := range ways {
		switch {
		case w.start != nil:
			at = min(at, j.starts(w.start))
		case w.with != nil:
			at = min(at, j.runsOn(w.with))
		default:
			at = min(at, w.at)
		}
	}
	return at
}

// A way is how a function comes to run: on a goroutine that starts there, with another function, or
// where at says.
type way struct {
	start *start
	with  *flow.Func
	at    standing
}

// A start starts a goroutine that runs fun with args, at cur.
type start struct {
	cur  cursor
	fun  ast.Expr
	args []ast.Expr
}

func fixed(at standing) []way { return []way{{at: at}} }

func with(f *flow.Func) []way {
	if f == nil {
		return fixed(anywhere)
	}
	return []way{{with: f}}
}

func startedAt(cur cursor, fun ast.Expr, args []ast.Expr) []way {
	return []way{{start: &start{cur, fun, args}}}
}

// waysTo returns how a function of the package comes to run.
func (j *Judge) waysTo(f *flow.Func) []way {
	switch {
	case j.setsStores(f):
		return fixed(anywhere)
	case place.IsStart(j.pass, f.Node):
		return fixed(servers) // no store is in place there, either
	case f.Obj == nil:
		return j.waysToLiteral(f)
	}
	uses := j.programUses(f)
	if len(uses) == 0 {
		return fixed(anywhere)
	}
	var ways []way
	for _, use := range uses {
		ways = append(ways, j.waysOfUse(use)...)
	}
	return ways
}

// starts returns the standing of what runs on a goroutine.
func (j *Judge) starts(s *start) standing {
	switch v := j.goroutine(s.cur, s.fun, s.args); {
	case v.tree:
		return anywhere
	case v.Answer == Others || v.Answer == NoStores || v.Answer == Unclear && v.Idle && j.runsOn(j.flow.Enclosing(s.cur)) != uncertain:
		return servers
	case v.Answer == Unclear:
		return uncertain
	}
	return anywhere
}
