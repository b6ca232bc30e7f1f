package alsdebug

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultSize = 50
	maxSize     = 500
	maxPage     = 1 << 20 // maxPage * maxSize fits an int of 32 bits
	shownGroups = 100
	maxFilter   = 200 // bytes
)

// A query is what a list shows.
type query struct {
	store  uint32 // the index of the storage to group by, 0 for the default
	group  string // the key of a group, "" for all
	filter string // in lower case; see matcher
	sort   string // a column, after a minus for the other direction
	page   int    // from 1 on
	size   int
}

// columns are the values of the parameter sort.
var columns = []string{"id", "label", "state", "wait", "started", "creator"}

// queryOf reads a query from the parameters of a request. Without parameters the query
// shows the first goroutines by ID, and the groups of the storage with most labels. bad is
// the name of a parameter that it does not understand, "" if there is none.
func queryOf(v url.Values) (q query, bad string) {
	number := func(name string, otherwise, most uint64) uint64 {
		s := v.Get(name)
		if s == "" {
			return otherwise
		}
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil || n == 0 || n > most {
			bad = name
		}
		return n
	}
	q = query{
		store:  uint32(number("store", 0, 1<<32-1)),
		group:  v.Get("group"),
		filter: strings.ToLower(strings.TrimSpace(v.Get("q"))),
		sort:   v.Get("sort"),
		page:   int(number("page", 1, maxPage)),
		size:   int(number("size", defaultSize, maxSize)),
	}
	if q.sort == "" {
		q.sort = "id"
	}
	switch {
	case !slices.Contains(columns, strings.TrimPrefix(q.sort, "-")):
		bad = "sort"
	case len(q.filter) > maxFilter:
		bad = "q"
	case len(q.group) > maxFilter:
		bad = "group"
	}
	return q, bad
}

// link returns the address of the list with some parameters changed: link("page", "2").
func (q query) link(change ...string) string {
	v := make(url.Values)
	set := func(name, value, otherwise string) {
		for i := 0; i < len(change); i += 2 {
			if change[i] == name {
				value = change[i+1]
			}
		}
		if value != otherwise {
			v.Set(name, value)
		}
	}
	set("store", strconv.FormatUint(uint64(q.store), 10), "0")
	set("group", q.group, "")
	set("q", q.filter, "")
	set("sort", q.sort, "id")
	set("page", strconv.Itoa(q.page), "1")
	set("size", strconv.Itoa(q.size), strconv.Itoa(defaultSize))
	return "./?" + v.Encode()
}
