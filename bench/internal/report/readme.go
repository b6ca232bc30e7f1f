package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// What the README shows.
const (
	// ReadmeChart is the chart's file, beside data.json.
	ReadmeChart = "readme.svg"

	begin = "<!-- bench:begin, written by go run ./bench readme -->\n"
	end   = "<!-- bench:end -->"
)

// ours are the rows of the README's first table, which compares us with a baseline.
var ours = []string{
	"read/store=int", "read/store=pointer", "read/store=string", "read/store=interface",
	"read/store=struct64", "read/store=revocable", "variables/count=100", "nesting/depth=1000",
	"crowd/op=read/goroutines=100000", "crowd/op=read/goroutines=1000000", "read/store=none",
	"enter/store=pointer", "enter/store=int", "enter/store=string", "enter/scope=outermost",
	"enter/reads=3", "enter/depth=100", "enter/store=revocable", "enter/form=WithScope",
	"capture/op=bound", "capture/op=bind", "capture/snapshot=unchanged", "capture/snapshot=changed",
	"spawn/stores=1", "spawn/stores=1,batch=64",
	"spawn/stores=1,hooks=linked", "spawn/stores=1,hooks=linked,batch=64", "spawn/work=request",
}

// compared are the rows of the second table and of the chart: all systems, as ratios
// to context.Context.
var compared = []string{
	"read/store=pointer", "variables/count=100", "nesting/depth=100", "enter/store=pointer",
	"enter/reads=3", "spawn/work=request", "capture/op=bound",
}

// inRequest are the rows of the third table: als alone and with als/inherit, with four
// storages set and with a hundred.
var inRequest = []string{"read", "enter", "enter-first", "scope", "revocable", "bound"}

// columns are the systems of the second table.
var columns = []string{"als", "als+inherit", "context", "routine", "modern-go", "jtolds", "goid+sync.Map"}

// Section returns the README's section: the tables, the chart by its path, the machine
// and the command.
func Section(r *result.Report, chart string) (string, error) {
	var b strings.Builder
	fmt.Fprintln(&b, "Medians of ratios; we and the baseline took turns in one run. Below 1 we are faster.")
	fmt.Fprintln(&b)
	fmt.Fprintln(&b, "| us | the baseline | ratio (quartiles) | allocations, us / baseline |")
	fmt.Fprintln(&b, "|---|---|---|---|")
	said := ""
	for _, name := range ours {
		row, us, err := find(r, name)
		if err != nil {
			return "", err
		}
		against := row.Against
		if against == said {
			against = "the same"
		}
		said = row.Against
		fmt.Fprintf(&b, "| %s | %s | %.2f (%.2f–%.2f) | %s / %s |\n", row.Label, against,
			us.Ratio.Median, us.Ratio.Q1, us.Ratio.Q3, count(us.Allocs), count(row.Cells[0].Allocs))
	}
	fmt.Fprintf(&b, "\nAll systems, as ratios to context.Context in the same run. A cell is blank if a library does not offer the operation:\n\n|")
	for _, c := range columns {
		fmt.Fprintf(&b, " | %s", r.Title(c))
	}
	fmt.Fprintf(&b, " |\n|---%s|\n", strings.Repeat("|---", len(columns)))
	for _, name := range compared {
		row, _, err := find(r, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %s", row.Label)
		for _, c := range columns {
			fmt.Fprintf(&b, " | %s", ratioOf(row, c))
		}
		fmt.Fprintln(&b, " |")
	}
	fmt.Fprintf(&b, "\n![The same as a chart](%s)\n\n", chart)
	if err := writeInRequest(&b, r); err != nil {
		return "", err
	}
	writeNotes(&b, r)
	fmt.Fprint(&b, "\nTo repeat, with more questions, charts and the raw data ([bench](bench/README.md)):\n\n```sh\ngo run ./bench\n```\n")
	return b.String(), nil
}

// writeInRequest writes the table of als alone and with als/inherit.
func writeInRequest(b *strings.Builder, r *result.Report) error {
	fmt.Fprintln(b, "With four storages set, as in a real request, and with a hundred, as ratios to the same baselines:")
	fmt.Fprintln(b)
	fmt.Fprintln(b, "| | als, 4 set | als, 100 set | als/inherit linked, 4 set | als/inherit linked, 100 set |")
	fmt.Fprintln(b, "|---|---|---|---|---|")
	for _, op := range inRequest {
		four, _, err := find(r, "request/op="+op+",set=4")
		if err != nil {
			return err
		}
		hundred, _, err := find(r, "request/op="+op+",set=100")
		if err != nil {
			return err
		}
		label, _, _ := strings.Cut(four.Label, ",")
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", label, ratioOf(four, "als"), ratioOf(hundred, "als"),
			ratioOf(four, "als+inherit"), ratioOf(hundred, "als+inherit"))
	}
	fmt.Fprintln(b)
	return nil
}

// writeNotes writes what the tables do not have, as a list.
func writeNotes(b *strings.Builder, r *result.Report) {
	if row, _, err := find(r, "request/op=read-collided,set=4"); err == nil {
		fmt.Fprintf(b, "- Storages that are first used nested, in one request, have cells that do not collide. If the cells of all four\n"+
			"  storages collide, the slowest GetStore takes %s, with als/inherit %s.\n", ratioOf(row, "als"), ratioOf(row, "als+inherit"))
	}
	writeServer(b, r)
	writeMemory(b, r)
	for _, system := range columns {
		if least, greatest := extremes(r, system); least > offScale {
			fmt.Fprintf(b, "- The chart leaves out %s, whose ratios are %s to %s.\n", r.Title(system), Number(least), Number(greatest))
		}
	}
	for _, s := range r.Systems {
		if s.Status != "" {
			fmt.Fprintf(b, "- %s: %s.\n", s.Title, s.Status)
		}
	}
	fmt.Fprintf(b, "- Measured with %s.\n", Conditions(r))
}

func writeServer(b *strings.Builder, r *result.Report) {
	var parts []string
	for _, name := range []string{"server/requests", "server/p50", "server/p99", "server/allocs", "server/bytes"} {
		row, us, err := find(r, name)
		if err != nil {
			return
		}
		parts = append(parts, fmt.Sprintf("%s %.2f (%.2f–%.2f)", row.Label, us.Ratio.Median, us.Ratio.Q1, us.Ratio.Q3))
	}
	fmt.Fprintf(b, "- A JSON service with als, as ratios to the same service with a context.Context:\n  %s.\n", strings.Join(parts, ";\n  "))
}

// writeMemory writes how much heap and stack together a parked goroutine takes.
func writeMemory(b *strings.Builder, r *result.Report) {
	run, ok := valueOf(r, "memory/inside=Run")
	if !ok {
		return
	}
	fmt.Fprintf(b, "- A goroutine parked inside one Run of a pointer takes %.0f bytes of heap and stack more than one outside", run)
	if scope, ok := valueOf(r, "memory/inside=WithScope"); ok {
		fmt.Fprintf(b, ", inside a scope %.0f", scope)
	}
	fmt.Fprintln(b, ".")
}

// valueOf returns our figure in a row without a baseline.
func valueOf(r *result.Report, name string) (float64, bool) {
	row, ok := r.Row(name)
	if !ok {
		return 0, false
	}
	c, ok := row.Cell("als")
	return c.Value.Median, ok
}

// find returns a row with a ratio of als, and our cell in it.
func find(r *result.Report, name string) (result.Row, result.Cell, error) {
	row, ok := r.Row(name)
	if !ok {
		return row, result.Cell{}, fmt.Errorf("the report has no row %s: it must be of a whole run", name)
	}
	c, ok := row.Cell("als")
	if !ok || c.Ratio == nil {
		return row, c, fmt.Errorf("the report has no ratio of als in row %s", name)
	}
	return row, c, nil
}

// ratioOf returns a system's ratio, or why there is none.
func ratioOf(row result.Row, system string) string {
	if system == row.Cells[0].System {
		return "1"
	}
	c, ok := row.Cell(system)
	if !ok {
		return c.Absent
	}
	return Number(c.Ratio.Median)
}

// DrawReadme draws the README's chart, without the systems that are off its scale.
func DrawReadme(r *result.Report) ([]byte, error) {
	shown := slices.DeleteFunc(slices.Clone(columns), func(system string) bool {
		least, _ := extremes(r, system)
		return least > offScale
	})
	var rows []result.Row
	for _, name := range compared {
		row, _, err := find(r, name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, only(row, shown))
	}
	return Chart(r, "", rows)
}

// offScale is the ratio from which the chart leaves a system out, if each of its rows
// is above it: with it, the others would share a tenth of the axis.
const offScale = 15

// extremes returns the least and the greatest ratio of a system in the compared
// rows, 0 and 0 if it has none.
func extremes(r *result.Report, system string) (least, greatest float64) {
	for _, name := range compared {
		row, _ := r.Row(name)
		if c, ok := row.Cell(system); ok && c.Ratio != nil {
			if greatest == 0 {
				least = c.Ratio.Median
			}
			least, greatest = min(least, c.Ratio.Median), max(greatest, c.Ratio.Median)
		}
	}
	return least, greatest
}

// Replace puts a section between the markers of a document.
func Replace(document []byte, section string) ([]byte, error) {
	from := bytes.Index(document, []byte(begin))
	to := bytes.Index(document, []byte(end))
	if from < 0 || to < from {
		return nil, fmt.Errorf("it needs a line %q and below it a line %q", strings.TrimSpace(begin), end)
	}
	var b bytes.Buffer
	b.Write(document[:from+len(begin)])
	b.WriteString("\n" + section + "\n")
	b.Write(document[to:])
	return b.Bytes(), nil
}
