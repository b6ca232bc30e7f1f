package inherit_test

import (
	"context"
	"fmt"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// FuzzLabels sets labels of any text and runs operations in any order. Before and after
// each, profiles show the program's labels beside that of a store with a Label, and
// goroutines inherit the stores.
func FuzzLabels(f *testing.F) {
	f.Add("a", "1", "b", "2", []byte{0, 1, 2, 3, 4, 5})
	f.Add("store", "x", "", "", []byte{5, 2, 3, 2, 0, 2})
	f.Add("\x00\"", "}\n# labels: {}", "a", "ä\xff", []byte{4, 2, 6, 2})
	shown := als.New(als.Options[string]{Name: "store", Label: func(s string) string { return s }})
	var s als.Storage[int]
	f.Fuzz(func(t *testing.T, key, value, other, text string, ops []byte) {
		ops = ops[:min(len(ops), 12)]
		p := &labelProgram{t: t, s: &s, shown: shown, sets: [2][2]string{{key, value}, {other, text}}}
		onNew(func() { p.run(ops, nil, "", 0) })
	})
}

type labelProgram struct {
	t     *testing.T
	s     *als.Storage[int]
	shown *als.Storage[string]
	sets  [2][2]string
}

// run runs the operations, each inside the one before it.
func (p *labelProgram) run(ops []byte, set *[2]string, label string, store int) {
	check := func() {
		got, _ := p.s.GetStore() // from here on goroutines inherit, also below labels set by other code
		require.Equal(p.t, store, got)
		require.Equal(p.t, label, p.shown.Get())
		require.Equal(p.t, want(set, label), shownLabels(p.t))
	}
	check()
	defer check()
	if len(ops) == 0 {
		return
	}
	op, rest := ops[0], ops[1:]
	chosen := &p.sets[op/8%2]
	switch op % 8 {
	case 0, 1:
		p.s.Run(int(op)+1, func() { p.run(rest, set, label, int(op)+1) })
	case 2:
		testkit.InGoroutine(func() { p.run(rest, set, label, store) })
	case 3:
		testkit.InGoroutine(func() { // whose labels end with it
			p.s.Get() // a goroutine that sets labels first has lost its stores
			pprof.SetGoroutineLabels(labelled(chosen[0], chosen[1]))
			p.run(rest, chosen, label, store)
		})
	case 4:
		ctx := context.Background()
		if set != nil { // pprof.Do restores the labels of its context
			ctx = labelled(set[0], set[1])
		}
		pprof.Do(ctx, pprof.Labels(chosen[0], chosen[1]), func(context.Context) {
			if set == nil || set[0] == chosen[0] {
				p.run(rest, chosen, label, store)
			}
		})
	case 5:
		p.shown.Run(chosen[1], func() { p.run(rest, set, chosen[1], store) })
	case 6:
		testkit.Through(als.Go, func() { p.run(rest, set, label, store) })
	case 7:
		defer p.s.WithScope(7).End()
		p.run(rest, set, label, 7)
	}
}

// want returns what a profile shows for a set of labels and the label of the store.
func want(set *[2]string, label string) string {
	var labels []string
	if set != nil {
		labels = append(labels, fmt.Sprintf("%q:%q", set[0], set[1]))
	}
	if label != "" && (set == nil || set[0] != "store") {
		labels = append(labels, fmt.Sprintf("%q:%q", "store", label))
	}
	slices.Sort(labels)
	if len(labels) == 0 {
		return ""
	}
	return "{" + strings.Join(labels, ", ") + "}"
}
