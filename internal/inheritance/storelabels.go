package inheritance

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// Links also show the labels of stores (als.Options.Label), sorted with the user's by key.
// For a key that both have, only the user's is shown.

// withStoreLabels returns the user's labels with those of a record's stores. own reports
// whether there are any of these.
func withStoreLabels(r *async.Record, user []labelset.Label) (all []labelset.Label, own bool) {
	if !async.LabelledInUse() {
		return user, false
	}
	mine := storeLabels(r.Cells(), user)
	if len(mine) == 0 {
		return user, false
	}
	all = append(mine, user...)
	slices.SortStableFunc(all, func(a, b labelset.Label) int { return strings.Compare(a.Name(), b.Name()) })
	return all, true
}

// storeLabels returns the labels of the stores in some cells, without keys that the user has
// set.
func storeLabels(cells []async.Cell, user []labelset.Label) []labelset.Label {
	if !async.LabelledInUse() {
		return nil
	}
	var own []labelset.Label
	for i := range cells {
		name, text := cells[i].Label()
		taken := func(l labelset.Label) bool { return l.Name() == name }
		if text != "" && !slices.ContainsFunc(user, taken) && !slices.ContainsFunc(own, taken) {
			own = append(own, labelset.New(name, text))
		}
	}
	slices.SortStableFunc(own, func(a, b labelset.Label) int { return strings.Compare(a.Name(), b.Name()) })
	return own
}

// listOf returns the array of a node that shows all. own is set if some of these are not
// the user's.
func listOf(all, user []labelset.Label, own bool) *labelset.Label {
	if own {
		return labelset.List(all, withUser(unlabelledNode, user))
	}
	return labelset.List(all, unlabelledNode)
}

// withUser returns a hidden label with the user's labels as its value.
func withUser(hidden labelset.Label, user []labelset.Label) labelset.Label {
	kept := append(make([]labelset.Label, 0, len(user)+1), user...) // an array also if there is none
	hidden.Value = unsafe.Pointer(unsafe.SliceData(kept))
	hidden.ValueLen = len(user) * int(unsafe.Sizeof(labelset.Label{}))
	return hidden
}
