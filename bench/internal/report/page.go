package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A line is a cell as text.
type line struct {
	Name, Value, Ratio, Quartiles, Allocs, Bytes, Absent string
	Us                                                   bool
}

type pageRow struct {
	result.Row
	Lines []line
}

type pageQuestion struct {
	result.Question
	Chart template.HTML
	Rows  []pageRow
}

// Page returns the report as a page that needs no other file. charts has the SVG of
// each question by the question's name.
func Page(r *result.Report, charts map[string][]byte) ([]byte, error) {
	data := struct {
		Conditions string
		Questions  []pageQuestion
		Systems    []result.System
	}{Conditions: Conditions(r), Systems: r.Systems}
	for _, q := range r.Questions {
		// Safe as HTML: package report draws the charts itself and escapes their labels.
		out := pageQuestion{Question: q, Chart: template.HTML(charts[q.Name])}
		for _, row := range q.Rows {
			out.Rows = append(out.Rows, pageRow{row, lines(r, row)})
		}
		data.Questions = append(data.Questions, out)
	}
	var b bytes.Buffer
	err := page.Execute(&b, data)
	return b.Bytes(), err
}

// lines writes the cells of a row as text.
func lines(r *result.Report, row result.Row) (all []line) {
	for i, c := range row.Cells {
		l := line{Name: r.Title(c.System), Absent: c.Absent, Us: strings.HasPrefix(c.System, "als") || strings.HasPrefix(c.System, "gls")}
		if i == 0 && row.Against != "" && len(row.Cells) > 1 && row.Cells[1].Ratio != nil {
			l.Name += ": " + row.Against
		}
		if c.Absent == "" {
			l.Value, l.Allocs, l.Bytes = Number(c.Value.Median), count(c.Allocs), count(c.Bytes)
			if c.Ratio != nil {
				l.Ratio, l.Quartiles = Number(c.Ratio.Median), quartiles(*c.Ratio)
			}
		}
		all = append(all, l)
	}
	return all
}

func quartiles(s result.Spread) string { return Number(s.Q1) + "–" + Number(s.Q3) }
