// Package gate compares measurements with limits.
package gate

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// Limits is the content of limits.json.
type Limits struct {
	About  []string `json:"about"`
	Limits []Limit  `json:"limits"`
}

// A Limit is the most that a system may take in a row. Margin, for noise, is added
// to Ratio and to Value.
type Limit struct {
	Row    string   `json:"row"`
	System string   `json:"system"`
	Ratio  float64  `json:"ratio,omitempty"`  // to the baseline of the row; 0 is no limit
	Value  float64  `json:"value,omitempty"`  // in the unit of the row; 0 is no limit
	Allocs *float64 `json:"allocs,omitempty"` // of one operation; nil is no limit
	Margin float64  `json:"margin,omitempty"` // of the ratio or the value
	Why    string   `json:"why"`
}

// Read reads limits from a file.
func Read(path string) (Limits, error) {
	var l Limits
	f, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, fmt.Errorf("%s: %w", path, err)
	}
	for i, one := range l.Limits {
		if one.Row == "" || one.System == "" || one.Ratio == 0 && one.Value == 0 && one.Allocs == nil {
			return l, fmt.Errorf("%s: limit %d needs a row, a system, and a ratio, a value or allocs", path, i+1)
		}
	}
	if len(l.Limits) == 0 {
		return l, fmt.Errorf("%s: no limits", path)
	}
	return l, nil
}

// A Verdict is a measurement beside its limit.
type Verdict struct {
	Limit
	Label    string
	Measured string
	Allowed  string
	OK       bool
}

// looks is how often Check measures a row before the row fails. A shared machine can
// be slow for two looks in a row.
const looks = 3

// Check measures all rows once, and a row beyond its limit up to twice more. measure
// gets the limits and the number of the look; it measures longer from the second on,
// because a busy machine may explain the first result.
func Check(l Limits, measure func(limits []Limit, look int) (*result.Report, error)) ([]Verdict, error) {
	verdicts := make([]Verdict, len(l.Limits))
	pending := make([]int, len(l.Limits))
	for i := range pending {
		pending[i] = i
	}
	for look := 1; look <= looks && len(pending) > 0; look++ {
		var some []Limit
		for _, i := range pending {
			some = append(some, l.Limits[i])
		}
		r, err := measure(some, look)
		if err != nil {
			return nil, err
		}
		var failed []int
		for _, i := range pending {
			if verdicts[i], err = judge(l.Limits[i], r); err != nil {
				return nil, err
			}
			if !verdicts[i].OK {
				failed = append(failed, i)
			}
		}
		pending = failed
	}
	return verdicts, nil
}

func judge(l Limit, r *result.Report) (Verdict, error) {
	v := Verdict{Limit: l}
	row, ok := r.Row(l.Row)
	if !ok {
		return v, fmt.Errorf("there is no row %q", l.Row)
	}
	c, ok := row.Cell(l.System)
	if !ok && c.Absent != "" {
		return v, fmt.Errorf("%s was not measured in row %q: %s", l.System, l.Row, c.Absent)
	}
	if !ok {
		return v, fmt.Errorf("%s was not measured in row %q", l.System, l.Row)
	}
	v.Label, v.OK = row.Label, true
	test := func(what string, measured, allowed float64) {
		v.OK = v.OK && measured <= allowed
		v.Measured = join(v.Measured, fmt.Sprintf("%.3g%s", measured, what))
		v.Allowed = join(v.Allowed, fmt.Sprintf("%.3g%s", allowed, what))
	}
	if l.Ratio != 0 {
		if c.Ratio == nil {
			return v, fmt.Errorf("row %q has no ratio for %s", l.Row, l.System)
		}
		test("", c.Ratio.Median, l.Ratio+l.Margin)
	}
	if l.Value != 0 {
		test(" "+row.Unit, c.Value.Median, l.Value+l.Margin)
	}
	if l.Allocs != nil {
		if c.Allocs == nil {
			return v, fmt.Errorf("row %q counts no allocations", l.Row)
		}
		// The runtime's own allocations are a fraction of one.
		test(" allocs", float64(int(*c.Allocs)), *l.Allocs)
	}
	return v, nil
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// Print writes the verdicts and returns how many are not OK.
func Print(w io.Writer, verdicts []Verdict) (offending int) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\trow\tsystem\tmeasured\tlimit, with margin\t")
	for _, v := range verdicts {
		mark := "ok"
		if !v.OK {
			mark = "FAILS"
			offending++
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t\n", mark, v.Row, v.System, v.Measured, v.Allowed)
	}
	t.Flush() // the exit status is the result, even if the table cannot be written
	return offending
}
