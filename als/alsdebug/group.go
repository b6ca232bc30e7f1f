package alsdebug

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// A groupRow counts the holders whose stores have the same label, or lack one for the
// same reason.
type groupRow struct {
	Key   string `json:"key"`  // for the parameter group
	Kind  string `json:"kind"` // label, no label, ended, no store, not known
	Label string `json:"label"`
	Count int    `json:"count"`
}

// mostLabelled returns the index of the first row, 0 if there is none: storagesIn puts the
// storage with most labels first.
func mostLabelled(rows []storageRow) uint32 {
	if len(rows) == 0 {
		return 0
	}
	return rows[0].Index
}

// A group identifies the holders that a list counts together; see groupRow.
type group struct{ kind, label string }

// groupIn returns the group of a holder in a list that is grouped by a storage.
func groupIn(h *inspect.Goroutine, storage uint32) group {
	if h.Stores == nil {
		return group{kind: "not known"}
	}
	i := slices.IndexFunc(h.Stores, func(s async.HeldStore) bool { return s.Key.Index == storage })
	switch {
	case i < 0:
		return group{kind: "no store"}
	case h.Stores[i].Ended:
		return group{kind: "ended"}
	case h.Stores[i].Label == "":
		return group{kind: "no label"}
	default:
		return group{"label", h.Stores[i].Label}
	}
}

// key returns a short name for addresses: a label may be long and have any characters.
func (g group) key() string {
	h := fnv.New64a()
	h.Write([]byte(g.kind + "\x00" + g.label))
	return strconv.FormatUint(h.Sum64(), 36)
}

// largest returns the groups with most goroutines. It never sorts all of them: there may
// be as many as goroutines.
func largest(groups map[group]int) []groupRow {
	type counted struct {
		group
		count int
	}
	var top []counted
	keep := func() {
		slices.SortFunc(top, func(a, b counted) int {
			if c := cmp.Compare(b.count, a.count); c != 0 {
				return c
			}
			if c := strings.Compare(a.kind, b.kind); c != 0 {
				return c
			}
			return strings.Compare(a.label, b.label)
		})
		top = top[:min(len(top), shownGroups)]
	}
	for g, n := range groups {
		if top = append(top, counted{g, n}); len(top) == 10*shownGroups {
			keep()
		}
	}
	keep()
	rows := []groupRow{}
	for _, g := range top {
		rows = append(rows, groupRow{g.key(), g.kind, short(g.label), g.count})
	}
	return rows
}
