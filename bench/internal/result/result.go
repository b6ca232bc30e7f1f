// Package result has the data of a run, which are written to data.json and read from
// it.
package result

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/gonum/stat"
)

// A Report has all data of one run.
type Report struct {
	Machine   Machine    `json:"machine"`
	Date      time.Time  `json:"date"`
	Rounds    int        `json:"rounds"`
	Short     bool       `json:"short,omitempty"`
	Systems   []System   `json:"systems"`
	Questions []Question `json:"questions"`
}

// A Machine describes the machine of a run.
type Machine struct {
	Go         string `json:"go"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	CPU        string `json:"cpu"`
	CPUs       int    `json:"cpus"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	Commit     string `json:"commit,omitempty"`
}

// A System is a system that was compared.
type System struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	About   string `json:"about"`
	Version string `json:"version,omitempty"`
	Status  string `json:"status,omitempty"` // how it crashed, or why it does not build; "" is no error
}

// A Question is a table of the report.
type Question struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	About string `json:"about"`
	Rows  []Row  `json:"rows"`
}

// A Row is one operation. The first of its cells is the baseline of the ratios.
type Row struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	Against string `json:"against"`
	Unit    string `json:"unit"`
	Higher  bool   `json:"higherIsBetter,omitempty"`
	Cells   []Cell `json:"cells"`
}

// A Cell has the figures of one system in a row.
type Cell struct {
	System string `json:"system"`
	Value  Spread `json:"value"`

	// Ratio is the ratio to the baseline's rounds. It is nil for the baseline, and in
	// rows without ratios.
	Ratio *Spread `json:"ratio,omitempty"`

	// Allocs and Bytes are of one operation, nil if they were not counted.
	Allocs *float64 `json:"allocs,omitempty"`
	Bytes  *float64 `json:"bytes,omitempty"`

	// Absent says why nothing was measured, "" if it was.
	Absent string `json:"absent,omitempty"`
}

// A Spread is a sample of rounds.
type Spread struct {
	Median float64 `json:"median"`
	Q1     float64 `json:"q1"`
	Q3     float64 `json:"q3"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	N      int     `json:"n"`
}

// NewSpread returns the spread of a sample, which it sorts. The quantiles are values
// of the sample. The spread of an empty sample is zero.
func NewSpread(sample []float64) Spread {
	if len(sample) == 0 {
		return Spread{}
	}
	slices.Sort(sample)
	at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, sample, nil) }
	return Spread{
		Median: at(0.5), Q1: at(0.25), Q3: at(0.75),
		Min: sample[0], Max: sample[len(sample)-1], N: len(sample),
	}
}

// Ratios divides the value of each round by the baseline's of the same round.
func Ratios(values, baseline []float64) []float64 {
	ratios := make([]float64, len(values))
	for i := range values {
		ratios[i] = values[i] / baseline[i]
	}
	return ratios
}

// Thousands writes a number with commas between thousands.
func Thousands(n int) string {
	if n < 0 {
		return "-" + Thousands(-n)
	}
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", Thousands(n/1000), n%1000)
}

// Row returns the row with a name.
func (r *Report) Row(name string) (Row, bool) {
	for _, q := range r.Questions {
		for _, row := range q.Rows {
			if row.Name == name {
				return row, true
			}
		}
	}
	return Row{}, false
}

// Question returns the question with a name.
func (r *Report) Question(name string) (Question, bool) {
	i := slices.IndexFunc(r.Questions, func(q Question) bool { return q.Name == name })
	if i < 0 {
		return Question{}, false
	}
	return r.Questions[i], true
}

// Cell returns the cell of a system and whether it was measured.
func (r Row) Cell(system string) (c Cell, ok bool) {
	i := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.System == system })
	if i < 0 {
		return Cell{System: system}, false
	}
	return r.Cells[i], r.Cells[i].Absent == ""
}

// Title returns the title of a system.
func (r *Report) Title(system string) string {
	for _, s := range r.Systems {
		if s.Name == system {
			return s.Title
		}
	}
	return system
}

// JSON returns the report as the text of data.json.
func (r *Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// Read reads a report from a file.
func Read(path string) (*Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
