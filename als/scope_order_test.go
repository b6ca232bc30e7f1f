package als_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// Four scopes end in each of their 24 orders, some of them inside an enclosure that itself
// ends in between, with an EnterWith at each step. After every step the current store is
// compared with a model.
func TestScopesEndInAnyOrder(t *testing.T) {
	cases := 0
	for _, around := range []string{"", "Run", "Exit", "ExecutionContext.Run", "Bind", "Run of another"} {
		for _, revoke := range []bool{false, true} {
			for _, boxed := range []bool{false, true} {
				before := cases
				t.Run(fmt.Sprintf("around=%s,revoke=%t,boxed=%t", around, revoke, boxed), func(t *testing.T) {
					permutations([]int{0, 1, 2, 3}, func(order []int) {
						for _, p := range scopePlans(around, order) {
							cases++
							if testkit.SlowIDs() && cases%50 != 0 {
								continue // all take an hour
							}
							if boxed {
								runScopePlan(t, p, revoke, func(i int) [5]int { return [5]int{i, i, i, i, i} })
							} else {
								runScopePlan(t, p, revoke, func(i int) int { return i })
							}
							if t.Failed() {
								return
							}
						}
					})
				})
				require.Greater(t, cases, before+24)
			}
		}
	}
	t.Logf("%d cases", cases)
}

// A scopePlan opens scopes 0 to 3 and ends them in order. An enclosure is around the
// opening of the scopes from first on, and around the first ends of the order.
type scopePlan struct {
	around      string
	first, ends int
	order       []int
	enter       int // the step before which an EnterWith happens, -1 if none does
}

func scopePlans(around string, order []int) (all []scopePlan) {
	const steps = 9 // 4 opens, 4 ends, and after them
	for enter := -1; enter < steps; enter++ {
		if around == "" {
			all = append(all, scopePlan{"", 4, 0, slices.Clone(order), enter})
			continue
		}
		for first := range 5 {
			for ends := range 5 {
				all = append(all, scopePlan{around, first, ends, slices.Clone(order), enter})
			}
		}
	}
	return all
}

func permutations(a []int, f func([]int)) {
	var permute func(n int)
	permute = func(n int) {
		if n == len(a) {
			f(a)
			return
		}
		for i := n; i < len(a); i++ {
			a[n], a[i] = a[i], a[n]
			permute(n + 1)
			a[n], a[i] = a[i], a[n]
		}
	}
	permute(0)
}

// A scopeLayer is the model's Run, Exit, Scope or switch of contexts. Reads stop at a
// switch.
type scopeLayer struct {
	store  int         // 0 is none
	begun  *scopeLayer // whose end revokes the store, nil if nothing does
	ended  bool
	bottom bool // a switch
}

type scopeModel struct {
	layers []*scopeLayer
	revoke bool
}

// top returns the innermost open layer.
func (m *scopeModel) top() *scopeLayer {
	for _, l := range slices.Backward(m.layers) {
		if !l.ended || l.bottom {
			return l
		}
	}
	panic("no bottom")
}

func (m *scopeModel) current() int {
	l := m.top()
	if m.revoke && l.begun != nil && l.begun.ended {
		return 0
	}
	return l.store
}

func (m *scopeModel) enter(store int) {
	l := m.top()
	if m.current() == 0 {
		l.begun = nil
	}
	l.store = store
}

func (m *scopeModel) open(store int) *scopeLayer {
	l := &scopeLayer{store: store}
	if store != 0 {
		l.begun = l
	}
	m.layers = append(m.layers, l)
	return l
}

// close ends a layer and all above it.
func (m *scopeModel) close(bottom *scopeLayer) {
	for {
		last := len(m.layers) - 1
		l := m.layers[last]
		l.ended = true
		m.layers = m.layers[:last]
		if l == bottom {
			return
		}
	}
}

func runScopePlan[T comparable](t *testing.T, p scopePlan, revoke bool, store func(int) T) {
	s := als.New(als.Options[T]{RevokeOnEnd: revoke})
	var other als.Storage[int]
	m := &scopeModel{revoke: revoke, layers: []*scopeLayer{{bottom: true}}}
	var trace []string
	step := 0
	check := func(what string) {
		trace = append(trace, what)
		got, ok := s.GetStore()
		want := m.current()
		var wantT T
		if want != 0 {
			wantT = store(want)
		}
		if ok != (want != 0) || got != wantT {
			t.Errorf("%+v: after %s: got %v %t, want %d", p, strings.Join(trace, ", "), got, ok, want)
		}
	}
	before := func() {
		if step == p.enter {
			s.EnterWith(store(50))
			m.enter(50)
			check("EnterWith")
		}
		step++
	}
	var scopes [4]als.Scope[T]
	var modelled [4]*scopeLayer
	open := func(from, to int) {
		for i := from; i < to; i++ {
			before()
			scopes[i], modelled[i] = s.WithScope(store(10+i)), m.open(10+i)
			check(fmt.Sprintf("open %d", i))
		}
	}
	end := func(which []int) {
		for _, i := range which {
			before()
			scopes[i].End()
			modelled[i].ended = true
			check(fmt.Sprintf("end %d", i))
			scopes[i].End()
			check("again")
		}
	}
	inside := func() {
		check(p.around)
		open(p.first, 4)
		end(p.order[:p.ends])
	}
	testkit.InGoroutine(func() {
		open(0, p.first)
		switch p.around {
		case "":
			inside()
		case "Run":
			l := m.open(70)
			s.Run(store(70), inside)
			m.close(l)
		case "Exit":
			l := m.open(0)
			s.Exit(inside)
			m.close(l)
		case "Run of another":
			other.Run(1, inside)
		default:
			captured := &scopeLayer{store: m.current(), begun: m.top().begun, bottom: true}
			if captured.store == 0 {
				captured.begun = nil
			}
			m.layers = append(m.layers, captured)
			if p.around == "Bind" {
				als.Bind(inside)()
			} else {
				als.Snapshot().Run(inside)
			}
			m.close(captured)
		}
		check("back")
		end(p.order[p.ends:])
		before()
		for _, scope := range scopes {
			scope.End()
		}
		check("all again")
	})
}
