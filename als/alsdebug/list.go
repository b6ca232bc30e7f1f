package alsdebug

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// version is that of the JSON. It changes when a field is removed or changes its meaning.
const version = 1

// A list is the content of the first page. Its JSON is documented in docs/debug.md.
type list struct {
	Version    int            `json:"version"`
	Taken      time.Time      `json:"taken"`
	TookMicros int64          `json:"tookMicros"`
	Goroutines int            `json:"goroutines"` // of the program
	Holders    int            `json:"holders"`    // of them, those that hold stores
	Storages   []storageRow   `json:"storages"`   // of which a goroutine holds a store
	GroupedBy  uint32         `json:"groupedBy"`  // the index of a storage, 0 for none
	Groups     []groupRow     `json:"groups"`     // the largest
	GroupCount int            `json:"groupCount"`
	Matching   int            `json:"matching"` // holders that match the filter and the group
	Page       int            `json:"page"`
	Size       int            `json:"size"`
	Rows       []goroutineRow `json:"rows"`
	Losses     lossReport     `json:"losses"`
	Resources  resourceReport `json:"resources"`
	Module     moduleReport   `json:"module"`
	Unseen     []string       `json:"unseen"` // see the function unseen

	query query
}

type storageRow struct {
	Index    uint32 `json:"index"`
	Name     string `json:"name"` // "" if it has none
	Type     string `json:"type"`
	Holders  int    `json:"holders"`
	Labelled int    `json:"labelled"` // holders with a label
}

type goroutineRow struct {
	ID          uint64     `json:"id"`
	State       string     `json:"state"`
	WaitMinutes int        `json:"waitMinutes"` // 0 also if it is not known
	Started     string     `json:"started"`
	Creator     uint64     `json:"creator"` // 0 if it is not known
	Exact       bool       `json:"exact"`   // else the stores are a guess
	Stores      []storeRow `json:"stores"`
	More        int        `json:"moreStores"`
}

type storeRow struct {
	Index uint32 `json:"storage"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Label string `json:"label"`
	Ended bool   `json:"ended"` // revoked, or a leased context that has ended: held, but reads do not find it
}

// String returns "name=label", or the name or type of a store without a label.
func (s storeRow) String() string {
	name := cmp.Or(s.Name, s.Type)
	if s.Label != "" {
		name += "=" + s.Label
	}
	if s.Ended {
		name += " (ended)"
	}
	return name
}

const (
	shownStores    = 8    // of a goroutine in a list
	detailedStores = 1000 // on the goroutine's own page
)

func rowOf(h *inspect.Goroutine, most int) goroutineRow {
	row := goroutineRow{
		ID: h.ID, State: h.State(), WaitMinutes: int(h.Waits() / time.Minute),
		Started: short(h.Started()), Creator: h.Creator(), Exact: h.Exact, Stores: []storeRow{},
	}
	for i, s := range h.Stores {
		if i == most {
			row.More = len(h.Stores) - most
			break
		}
		row.Stores = append(row.Stores, storeRow{
			Index: s.Key.Index, Name: short(s.Key.Name), Type: short(s.Key.Type.String()),
			Label: short(s.Label), Ended: s.Ended,
		})
	}
	return row
}

// listOf returns the list that a query asks for. It takes about a microsecond a holder
// (BenchmarkList).
func listOf(p *inspect.Picture, q query) *list {
	l := &list{
		Version: version, Taken: p.Taken, TookMicros: p.Took.Microseconds(),
		Goroutines: p.Goroutines, Holders: len(p.Holders), Storages: storagesIn(p.Holders),
		Page: q.page, Size: q.size, Rows: []goroutineRow{},
		Module: moduleNow(p), Unseen: unseen(p), query: q,
	}
	if q.store == 0 {
		q.store = mostLabelled(l.Storages)
	}
	l.GroupedBy = q.store
	matching, groups := match(p.Holders, q)
	l.Groups, l.GroupCount = largest(groups), len(groups)
	l.Matching = len(matching)
	sortBy(q.sort, q.store, matching)
	first := min((q.page-1)*q.size, len(matching))
	for _, h := range matching[first:min(first+q.size, len(matching))] {
		l.Rows = append(l.Rows, rowOf(h, shownStores))
	}
	return l
}

// match returns the holders that match the filter and the group of a query, and how many
// holders of each group match the filter.
func match(holders []inspect.Goroutine, q query) (matching []*inspect.Goroutine, groups map[group]int) {
	matching = make([]*inspect.Goroutine, 0, len(holders))
	groups = make(map[group]int)
	m := newMatcher(q.filter)
	keys := make(map[group]string)
	for i := range holders {
		h := &holders[i]
		if !m.matches(h) {
			continue
		}
		g := groupIn(h, q.store)
		groups[g]++
		if q.group != "" {
			if keys[g] == "" {
				keys[g] = g.key()
			}
			if keys[g] != q.group {
				continue
			}
		}
		matching = append(matching, h)
	}
	return matching, groups
}

// storagesIn returns the storages whose stores are held, sorted by labels and then by
// holders, most first.
func storagesIn(holders []inspect.Goroutine) []storageRow {
	counts := make(map[uint32]*storageRow)
	for i := range holders {
		for _, s := range holders[i].Stores {
			row := counts[s.Key.Index]
			if row == nil {
				row = &storageRow{Index: s.Key.Index, Name: short(s.Key.Name), Type: short(s.Key.Type.String())}
				counts[s.Key.Index] = row
			}
			row.Holders++
			if s.Label != "" {
				row.Labelled++
			}
		}
	}
	rows := make([]storageRow, 0, len(counts))
	for _, row := range counts {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b storageRow) int {
		return cmp.Or(cmp.Compare(b.Labelled, a.Labelled), cmp.Compare(b.Holders, a.Holders), cmp.Compare(a.Index, b.Index))
	})
	return rows[:min(len(rows), maxSize)]
}

// sortBy sorts by a column goroutines that are sorted by ID.
func sortBy(column string, storage uint32, hs []*inspect.Goroutine) {
	name, backwards := strings.CutPrefix(column, "-")
	if column == "id" {
		return
	}
	type sortable struct {
		text   string
		number uint64
		h      *inspect.Goroutine
	}
	rows := make([]sortable, len(hs))
	for i, h := range hs {
		rows[i].h = h
		switch name {
		case "label":
			rows[i].text = groupIn(h, storage).label
		case "state":
			rows[i].text = h.State()
		case "started":
			rows[i].text = h.Started()
		case "wait":
			rows[i].number = uint64(h.Waits())
		case "creator":
			rows[i].number = h.Creator()
		default: // -id
			rows[i].number = h.ID
		}
	}
	slices.SortStableFunc(rows, func(a, b sortable) int {
		if backwards {
			a, b = b, a
		}
		if c := strings.Compare(a.text, b.text); c != 0 {
			return c
		}
		return cmp.Compare(a.number, b.number)
	})
	for i := range rows {
		hs[i] = rows[i].h
	}
}

// String returns the text of the link that groups by the storage.
func (s storageRow) String() string {
	return fmt.Sprintf("%s (%d)", cmp.Or(s.Name, s.Type), s.Holders)
}
