package als_test

import (
	"context"
	"fmt"
	"maps"
	"runtime/pprof"
	"slices"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// The profiler labels of a goroutine are the program's own and, with inheritance, those
// of its stores (als.Options.Label) for keys that the program has not set itself.

// doLabels and setLabels are pprof.Do and pprof.SetGoroutineLabels. With inheritance they
// are also those of package inherit.
var (
	doLabels  = []func(context.Context, pprof.LabelSet, func(context.Context)){pprof.Do}
	setLabels = []func(context.Context){pprof.SetGoroutineLabels}
)

// workerLabels are the labels of a worker in the model.
type workerLabels struct {
	user map[string]string // what the program has set, never changed
	sets int               // how often the goroutine had set a store when they were last compared
}

// opLabelsDo goes on with the program inside a Do with labels.
func opLabelsDo(w *worker, s step) bool {
	set := w.userLabels(s)
	do := doLabels[int(s.what)%len(doLabels)]
	w.call(fmt.Sprintf("Do with labels %v", set), s.how%4 == 0,
		func(body func()) {
			defer w.setUserLabels(nil) // those of the context that Do is given
			do(context.Background(), pprof.Labels(pairs(set)...), func(context.Context) {
				w.setUserLabels(set)
				body()
			})
		},
		func() *modelLayer { return nil })
	return false
}

// opSetLabels sets labels of the program, which no Run rolls back.
func opSetLabels(w *worker, s step) bool {
	set := w.userLabels(s)
	w.logf("SetGoroutineLabels(%v)", set)
	setLabels[int(s.what)%len(setLabels)](pprof.WithLabels(context.Background(), pprof.Labels(pairs(set)...)))
	w.setUserLabels(set)
	return false
}

func (w *worker) setUserLabels(set map[string]string) {
	w.labels.user = set
	w.losses.replaced = true
}

// userLabels returns labels to set: a key of the program's, or that of a storage, too.
func (w *worker) userLabels(s step) map[string]string {
	set := map[string]string{}
	if s.how%3 != 0 {
		set["user"] = fmt.Sprint(s.how)
	}
	if key := w.subjects[w.storage(s)].name(); s.how%5 == 0 && key != "" {
		set[key] = "user's"
	}
	return set
}

func pairs(set map[string]string) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(set)) {
		list = append(list, key, set[key])
	}
	return list
}

// compareLabels compares the goroutine's labels with those of the model. It comes after
// a look at the stores, which adds them to labels that the program has set.
func (w *worker) compareLabels(when string) {
	if labels.Offset() == 0 {
		return
	}
	stores := map[string]string{}
	for i, s := range w.subjects {
		if st := w.model.get(i); inheriting && st != nil && s.label(st.id) != "" {
			stores[s.name()] = s.label(st.id)
		}
	}
	justSet := w.labels.sets != w.model.sets
	w.labels.sets = w.model.sets
	shown := map[string]string{}
	var keys []string
	for _, l := range (*labelset.Set)(labels.Get()).Shown() {
		shown[l.Name()] = unsafe.String((*byte)(l.Value), l.ValueLen)
		keys = append(keys, l.Name())
	}
	if !slices.IsSorted(keys) || len(keys) != len(shown) {
		w.fail("goroutine %d, %s: the keys of its labels are %q", w.number, when, keys)
	}
	for key, text := range w.labels.user {
		if shown[key] != text {
			w.fail("goroutine %d, %s: the labels are %q, the program has set %q", w.number, when, shown, w.labels.user)
		}
		delete(shown, key)
		delete(stores, key)
	}
	// A store that was disabled, or revoked elsewhere, may be shown while the goroutine
	// holds it, unless the goroutine has just set one with a label.
	for i, s := range w.subjects {
		key := s.name()
		if shown[key] != stores[key] && (justSet || !w.mayShow(i, shown[key])) {
			w.fail("goroutine %d, %s: the labels of stores are %q, want %q", w.number, when, shown, stores)
		}
		delete(shown, key)
	}
	if len(shown) > 0 {
		w.fail("goroutine %d, %s: labels that nothing has set: %q", w.number, when, shown)
	}
}

// mayShow reports whether text is the label of a store of storage i that the goroutine may
// still hold, although it was disabled or revoked.
func (w *worker) mayShow(i int, text string) bool {
	s := w.subjects[i]
	if st := w.model.held(i); st != nil && s.label(st.id) == text {
		return true
	}
	return slices.ContainsFunc(w.model.elsewhere, func(l *modelLayer) bool {
		return l.of == i && s.label(l.stores[0].id) == text
	})
}
