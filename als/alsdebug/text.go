package alsdebug

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// writeTable aligns the tab-separated columns that write writes.
func writeTable(w io.Writer, write func(w io.Writer)) {
	columns := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	write(columns)
	_ = columns.Flush() // w is a buffer
}

func (l *list) writeText(w io.Writer) {
	fmt.Fprintf(w, "%d of %d goroutines held stores (%s)\n", l.Holders, l.Goroutines, l.Taken.Format(time.RFC3339))
	fmt.Fprintf(w, "\nStorages; group by one with ?store=INDEX\n")
	writeTable(w, func(w io.Writer) {
		fmt.Fprintln(w, "INDEX\tNAME\tTYPE\tGOROUTINES\tWITH LABEL")
		for _, s := range l.Storages {
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\n", s.Index, s.Name, s.Type, s.Holders, s.Labelled)
		}
	})
	fmt.Fprintf(w, "\n%s by storage %d; see one with &group=KEY\n", count(l.GroupCount, "group"), l.GroupedBy)
	writeTable(w, func(w io.Writer) {
		fmt.Fprintln(w, "KEY\tGOROUTINES\tLABEL")
		for _, g := range l.Groups {
			fmt.Fprintf(w, "%s\t%d\t%s\n", g.Key, g.Count, g.Text())
		}
	})
	fmt.Fprintf(w, "\n%s, page %d of %d; &page=N, &size=N, &sort=COLUMN, &q=TEXT\n", count(l.Matching, "goroutine"), l.Page, l.Pages())
	writeRows(w, l.Rows)
	l.writeLosses(w)
	l.writeResources(w)
	m := l.Module
	fmt.Fprintf(w, "\nThe module: records %d, slots %d, sweeps %d, storages %d, indexes %d, captures %d\n\n",
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
		indent := strings.Repeat("  ", min(row.Depth, maxDepth))
		fmt.Fprintf(w, "%s%d %s, made by goroutine %d, runs %d\n", indent, row.ID, row.Type, row.By, row.Running)
	}
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprint(n, " ", noun)
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
	fmt.Fprintf(w, "state    %s, %s\nstarted  %s\ncreator  %d\n\n", g.State, count(g.WaitMinutes, "minute"), g.Started, g.Creator)
	for _, s := range g.Stores {
		fmt.Fprintf(w, "holds %v, a store of %s\n", s, s.Type)
	}
	fmt.Fprintf(w, "\nIt started %s with stores\n", count(d.Children, "goroutine"))
	writeRows(w, d.Started)
	if d.Stack != "" {
		fmt.Fprintf(w, "\n%s\n", d.Stack)
	}
	fmt.Fprintln(w)
	writeUnseen(w, d.Unseen)
}
