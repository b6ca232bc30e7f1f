package inheritance

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// Links show labels that are not the user's for the stores of keys that have a label
// (als.Options.Label). They stand beside the user's, in the order of their keys. A key
// that the user has set, too, is shown with the user's value only.

// withStoreLabels returns the labels to show beside those of the user while a record holds what
// it does, and whether any are not the user's.
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

// storeLabels returns the labels of the stores in some cells, but for keys that the user
// has set.
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

// listOf returns the array of a node that shows labels, of which some are not the
// user's if own is set.
func listOf(all, user []labelset.Label, own bool) *labelset.Label {
	if own {
		return labelset.List(all, withUser(unlabelledNode, user))
	}
	return labelset.List(all, unlabelledNode)
}

// withUser returns the label to hide behind labels that are not all the user's.
func withUser(hidden labelset.Label, user []labelset.Label) labelset.Label {
	kept := append(make([]labelset.Label, 0, len(user)+1), user...) // an array also if there is none
	hidden.Value = unsafe.Pointer(unsafe.SliceData(kept))
	hidden.ValueLen = len(user) * int(unsafe.Sizeof(labelset.Label{}))
	return hidden
}
