package alsdebug

import (
	"fmt"
	"strconv"
	"strings"
)

// The methods that the templates call, and that the text shares with them.

// Missing says why the picture has no row for a goroutine.
func (d *detail) Missing() string {
	if d.Tracebacks {
		return "It has exited."
	}
	return "It holds no stores, or it has exited. A traceback would tell."
}

// StoreNames lists the stores of a row in one line.
func (r goroutineRow) StoreNames() string {
	names := make([]string, len(r.Stores))
	for i, s := range r.Stores {
		names[i] = s.String()
	}
	line := strings.Join(names, ", ")
	if r.More > 0 {
		line += fmt.Sprintf(", and %d more", r.More)
	}
	if !r.Exact && line != "" {
		line = "perhaps " + line
	}
	return line
}

// Text returns the name of a group for people.
func (g groupRow) Text() string {
	switch g.Kind {
	case "label":
		return g.Label
	case "ended":
		return "(a store that has ended)"
	case "not known":
		return "(not known)"
	default:
		return "(" + g.Kind + ")"
	}
}

// Pages returns how many pages there are.
func (l *list) Pages() int { return max(1, (l.Matching+l.Size-1)/l.Size) }

// The addresses of the page's links.

func (l *list) StoreLink(s storageRow) string {
	return l.query.link("store", strconv.FormatUint(uint64(s.Index), 10), "group", "", "page", "1")
}

func (l *list) GroupLink(g groupRow) string {
	return l.query.link("store", strconv.FormatUint(uint64(l.GroupedBy), 10), "group", g.Key, "page", "1")
}

func (l *list) AllLink() string { return l.query.link("group", "", "page", "1") }

func (l *list) PageLink(n int) string { return l.query.link("page", strconv.Itoa(n)) }

// SortLink returns the address of the list sorted by a column, in the other direction if
// it is sorted by that column already.
func (l *list) SortLink(column string) string {
	if l.query.sort == column {
		column = "-" + column
	}
	return l.query.link("sort", column, "page", "1")
}

// Sorted returns the aria-sort attribute of a column.
func (l *list) Sorted(column string) string {
	switch l.query.sort {
	case column:
		return "ascending"
	case "-" + column:
		return "descending"
	}
	return "none"
}

func (l *list) Previous() int { return l.Page - 1 }

// Next returns the number of the next page, 0 if this is the last.
func (l *list) Next() int {
	if l.Page >= l.Pages() {
		return 0
	}
	return l.Page + 1
}

func (l *list) Filter() string { return l.query.filter }

func (l *list) Group() string { return l.query.group }

func (l *list) Sort() string { return l.query.sort }

func (l *list) StoreParameter() uint32 { return l.query.store }
