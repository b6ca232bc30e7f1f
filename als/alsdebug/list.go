package alsdebug

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/internal/async"
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

// A groupRow counts the holders whose stores have the same label, or lack one for the
// same reason.
type groupRow struct {
	Key   string `json:"key"`  // for the parameter group
	Kind  string `json:"kind"` // label, no label, ended, no store, not known
	Label string `json:"label"`
	Count int    `json:"count"`
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
		row.Stores = append(row.Stores, storeRow{s.Key.Index, short(s.Key.Name), short(s.Key.Type.String()), short(s.Label), s.Ended})
	}
	return row
}

// listOf returns the list that a query asks for. It takes about a microsecond a holder
// (BenchmarkList).
func listOf(p *inspect.Picture, q query) *list {
	l := &list{
		Version: version, Taken: p.Taken, TookMicros: p.Took.Microseconds(), Goroutines: p.Goroutines, Holders: len(p.Holders),
		Storages: storagesIn(p.Holders), Page: q.page, Size: q.size, Rows: []goroutineRow{}, Module: moduleNow(p), Unseen: unseen(p), query: q,
	}
	if q.store == 0 {
		q.store = mostLabelled(l.Storages)
	}
	l.GroupedBy = q.store
	groups := make(map[group]int)
	matching := make([]*inspect.Goroutine, 0, len(p.Holders))
	m := newMatcher(q.filter)
	wanted := q.group
	keys := make(map[group]string)
	for i := range p.Holders {
		h := &p.Holders[i]
		if !m.matches(h) {
			continue
		}
		g := groupIn(h, q.store)
		groups[g]++
		if wanted != "" {
			if keys[g] == "" {
				keys[g] = g.key()
			}
			if keys[g] != wanted {
				continue
			}
		}
		matching = append(matching, h)
	}
	l.Groups, l.GroupCount = largest(groups), len(groups)
	l.Matching = len(matching)
	sortBy(q.sort, q.store, matching)
	first := min((q.page-1)*q.size, len(matching))
	for _, h := range matching[first:min(first+q.size, len(matching))] {
		l.Rows = append(l.Rows, rowOf(h, shownStores))
	}
	return l
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

// A matcher finds the goroutines of which a label, a storage, the state or the place of
// the go statement contains the filter, or whose ID it is.
type matcher struct {
	filter string

	// Many goroutines hold stores of few storages and start at few places. Results
	// are kept, because to lower the case of a long name takes microseconds.
	storages map[*async.KeyInfo]bool
	started  map[string]bool
}

func newMatcher(filter string) matcher {
	return matcher{filter, make(map[*async.KeyInfo]bool), make(map[string]bool)}
}

// searched is how many bytes of a text are compared with the filter.
const searched = 4 << 10

func (m *matcher) matches(h *inspect.Goroutine) bool {
	if m.filter == "" {
		return true
	}
	for _, s := range h.Stores {
		if m.has(s.Label) || m.hasStorage(s.Key) {
			return true
		}
	}
	place := h.Started()
	matches, known := m.started[place]
	if !known {
		matches = m.has(place)
		m.started[place] = matches
	}
	return matches || m.has(h.State()) || strconv.FormatUint(h.ID, 10) == m.filter
}

func (m *matcher) has(s string) bool {
	return strings.Contains(strings.ToLower(s[:min(len(s), searched)]), m.filter)
}

func (m *matcher) hasStorage(key *async.KeyInfo) bool {
	matches, known := m.storages[key]
	if !known {
		matches = m.has(key.String())
		m.storages[key] = matches
	}
	return matches
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
