// Package report writes a result as text, as charts, as a page and as the README's
// section.
package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// Text writes a table for each question.
func Text(w io.Writer, r *result.Report) error {
	fmt.Fprintln(w, Conditions(r))
	fmt.Fprintln(w, "Ratios are to the first line of each row: medians of rounds in which the systems took turns. Below 1 is faster.")
	for _, q := range r.Questions {
		fmt.Fprintf(w, "\n## %s\n%s\n\n", q.Title, wrap(q.About, 100))
		width := 0 // of the first column, the only one that is aligned to the left
		for _, row := range q.Rows {
			width = max(width, len(row.Label))
			for _, l := range lines(r, row) {
				width = max(width, len(l.Name)+2)
			}
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		for _, row := range q.Rows {
			fmt.Fprintf(t, "%-*s\t%s\tratio\tquartiles\tallocs\tB\t\n", width, row.Label, row.Unit)
			for _, l := range lines(r, row) {
				fmt.Fprintf(t, "  %-*s\t%s\t%s\t%s\t%s\t%s\t%s\n", width-2, l.Name,
					l.Value, l.Ratio, l.Quartiles, l.Allocs, l.Bytes, l.Absent)
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	for _, s := range r.Systems {
		if s.Status != "" {
			fmt.Fprintf(w, "%s: %s\n", s.Title, s.Status)
		}
	}
	return nil
}

// Conditions returns the machine, the time and the rounds of a report.
func Conditions(r *result.Report) string {
	m := r.Machine
	text := fmt.Sprintf("%s %s/%s, %s, %d processors, GOMAXPROCS %d, %s, %d rounds",
		m.Go, m.OS, m.Arch, m.CPU, m.CPUs, m.GOMAXPROCS, r.Date.Format("2006-01-02 15:04 MST"), r.Rounds)
	if m.Commit != "" {
		text += ", commit " + m.Commit[:min(len(m.Commit), 12)]
	}
	if r.Short {
		text += " (-short)"
	}
	return text
}

// Number writes a figure with two decimals, large ones with fewer.
func Number(x float64) string {
	switch {
	case x >= 1e5 || x <= -1e5:
		return result.Thousands(int(math.Round(x)))
	case x >= 100 || x <= -100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 10 || x <= -10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

func count(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
