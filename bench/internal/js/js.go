// Package js runs the same operations with JavaScript's AsyncLocalStorage if node or
// bun is installed. Its figures are times without ratios, because the processes take
// no turns with ours.
package js

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
	"github.com/seed-1938943e/goroutine/bench/node"
)

// rows are the operations, each with our row for the same operation.
var rows = []struct{ name, label, ours string }{
	{"js/read", "read a store", "read/store=pointer"},
	{"js/read,none", "read without a store", "read/store=none"},
	{"js/variables=10", "read, 10 variables set", "variables/count=10"},
	{"js/variables=100", "read, 100 variables set", "variables/count=100"},
	{"js/nesting=100", "read below 100 scopes", "nesting/depth=100"},
	{"js/enter", "enter and leave a nested scope", "enter/store=pointer"},
	{"js/snapshot", "take a snapshot", "capture/snapshot=unchanged"},
	{"js/bound", "call a bound function", "capture/op=bound"},
	{"js/await", "await, or start a goroutine and wait for it", "spawn/stores=1"},
}

// Names returns the names of the rows.
func Names() (names []string) {
	for _, r := range rows {
		names = append(names, r.name)
	}
	return names
}

// Question runs node and bun if they are on the PATH, and returns their figures
// beside those of als from the report. It has no rows if neither is there.
func Question(short bool, ours *result.Report) result.Question {
	q := result.Question{
		Name: "js", Title: "Another language: JavaScript's AsyncLocalStorage",
		About: "Times of other processes, in another language, on the same machine. There is no ratio, because they did not take turns with us.",
	}
	var found []output
	for _, program := range []string{"node", "bun"} {
		if path, err := exec.LookPath(program); err == nil {
			out, err := measure(path, short)
			if err != nil {
				out = output{Runtime: program, failure: err.Error()}
			}
			found = append(found, out)
		}
	}
	if len(found) == 0 {
		return q
	}
	for _, r := range rows {
		row := result.Row{Name: r.name, Label: r.label, Unit: "ns"}
		if our, ok := ours.Row(r.ours); ok {
			if c, ok := our.Cell("als"); ok {
				row.Cells = append(row.Cells, result.Cell{System: "als", Value: c.Value})
			}
		}
		for _, o := range found {
			row.Cells = append(row.Cells, o.cell(r.name))
		}
		q.Rows = append(q.Rows, row)
	}
	return q
}

// output is the output of the script.
type output struct {
	Runtime string `json:"runtime"`
	Rows    []struct {
		Name string    `json:"name"`
		NS   []float64 `json:"ns"`
	} `json:"rows"`

	failure string
}

func (o output) cell(row string) result.Cell {
	c := result.Cell{System: o.Runtime + " (JavaScript)", Absent: o.failure}
	for _, r := range o.Rows {
		if r.Name == row {
			c.Value = result.NewSpread(r.NS)
		}
	}
	return c
}

func measure(program string, short bool) (o output, err error) {
	rounds, milliseconds := 21, 10
	if short {
		rounds, milliseconds = 11, 5
	}
	dir, err := os.MkdirTemp("", "bench-js-")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "als.mjs")
	if err := os.WriteFile(script, []byte(node.Script), 0o600); err != nil {
		return o, err
	}
	for _, name := range Names() {
		out, err := exec.Command(program, script, strconv.Itoa(rounds), strconv.Itoa(milliseconds), name).Output()
		if err != nil {
			return o, fmt.Errorf("%s: %w", program, err)
		}
		one := output{}
		if err := json.Unmarshal(out, &one); err != nil {
			return o, fmt.Errorf("%s: %w", program, err)
		}
		o.Runtime, o.Rows = one.Runtime, append(o.Rows, one.Rows...)
	}
	return o, nil
}
