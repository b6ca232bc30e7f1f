package alsdebug

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"clock": func(t time.Time) string { return t.Format("15:04:05") },
	"took":  func(micros int64) string { return (time.Duration(micros) * time.Microsecond).String() },
	"times": func(n int) []struct{} { return make([]struct{}, min(n, maxDepth)) },
}).ParseFS(assets, "assets/*.html"))

// maxDepth is how far the tree of async resources is indented.
const maxDepth = 20

// A textual view can be written as text, besides HTML and JSON.
type textual interface{ writeText(w io.Writer) }

// render returns a view in a format. name is that of its HTML template.
func render(f format, name string, v textual) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch f {
	case html:
		err = templates.ExecuteTemplate(&b, name, v)
	case jsonFormat:
		encoder := json.NewEncoder(&b)
		encoder.SetIndent("", "\t")
		err = encoder.Encode(v)
	default:
		v.writeText(&b)
	}
	return b.Bytes(), err
}

// writeTable aligns the tab-separated columns that write writes.
func writeTable(w io.Writer, write func(w io.Writer)) {
	columns := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	write(columns)
	_ = columns.Flush() // w is a buffer
}

func (l *list) writeText(w io.Writer) {
	fmt.Fprintf(w, "%d of %d goroutines hold stores (%s)\n", l.Holders, l.Goroutines, l.Taken.Format(time.RFC3339))
	fmt.Fprintf(w, "\nStorages; group by one with ?store=INDEX\n")
	writeTable(w, func(w io.Writer) {
		fmt.Fprintln(w, "INDEX\tNAME\tTYPE\tGOROUTINES\tWITH LABEL")
		for _, s := range l.Storages {
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\n", s.Index, s.Name, s.Type, s.Holders, s.Labelled)
		}
	})
	fmt.Fprintf(w, "\n%d groups by storage %d; see one with &group=KEY\n", l.GroupCount, l.GroupedBy)
	writeTable(w, func(w io.Writer) {
		fmt.Fprintln(w, "KEY\tGOROUTINES\tLABEL")
		for _, g := range l.Groups {
			fmt.Fprintf(w, "%s\t%d\t%s\n", g.Key, g.Count, g.Text())
		}
	})
	fmt.Fprintf(w, "\n%d goroutines, page %d of %d; &page=N, &size=N, &sort=COLUMN, &q=TEXT\n", l.Matching, l.Page, l.Pages())
	writeRows(w, l.Rows)
	l.writeLosses(w)
	l.writeResources(w)
	m := l.Module
	fmt.Fprintf(w, "\nThe module: %d records, %d slots, %d sweeps, %d storages, %d indexes, %d captures\n\n",
		m.Records, m.Slots, m.Sweeps, m.Storages, m.Indexes, m.Captures)
	writeUnseen(w, l.Unseen)
}

func writeUnseen(w io.Writer, notes []string) {
	for _, note := range notes {
		fmt.Fprintln(w, note)
	}
}

func writeRows(w io.Writer, rows []goroutineRow) {
	writeTable(w, func(w io.Writer) {
		fmt.Fprintln(w, "ID\tSTATE\tMINUTES\tCREATOR\tSTARTED\tSTORES")
		for _, r := range rows {
			fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%s\t%s\n", r.ID, r.State, r.WaitMinutes, r.Creator, r.Started, r.StoreNames())
		}
	})
}

func (l *list) writeLosses(w io.Writer) {
	fmt.Fprintf(w, "\nLosses: tracing is %s, %d found, %d not kept\n", onOff(l.Losses.On), len(l.Losses.Found), l.Losses.Dropped)
	for _, loss := range l.Losses.Found {
		fmt.Fprintf(w, "%s goroutine %d of creator %d finds no store of %s (%s)\n\tread at %s\n\tstarted at %s\n\t%s\n",
			loss.At.Format(time.TimeOnly), loss.Goroutine, loss.Creator, loss.Storage, loss.Type, loss.Read, loss.Go, loss.Cause)
	}
}

func (l *list) writeResources(w io.Writer) {
	r := l.Resources
	fmt.Fprintf(w, "\nAsync resources: the watch is %s, %d live, %d made, %d not kept\n", onOff(r.On), r.Live, r.Made, r.Dropped)
	for _, row := range r.Tree {
		fmt.Fprintf(w, "%s%d %s, made by goroutine %d, runs %d\n", strings.Repeat("  ", min(row.Depth, maxDepth)), row.ID, row.Type, row.By, row.Running)
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (d *detail) writeText(w io.Writer) {
	g := d.Goroutine
	fmt.Fprintf(w, "goroutine %d (%s)\n", g.ID, d.Taken.Format(time.RFC3339))
	if !d.Found {
		fmt.Fprintln(w, d.Missing())
		return
	}
	fmt.Fprintf(w, "state    %s, %d minutes\nstarted  %s\ncreator  %d\n\n", g.State, g.WaitMinutes, g.Started, g.Creator)
	for _, s := range g.Stores {
		fmt.Fprintf(w, "holds %v, a store of %s\n", s, s.Type)
	}
	fmt.Fprintf(w, "\n%d goroutines that it started hold stores\n", d.Children)
	writeRows(w, d.Started)
	if d.Stack != "" {
		fmt.Fprintf(w, "\n%s\n", d.Stack)
	}
	fmt.Fprintln(w)
	writeUnseen(w, d.Unseen)
}

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
