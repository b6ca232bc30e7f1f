package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

func sample() *result.Report {
	allocs, bytes := 0.0, 48.0
	half := result.Spread{Median: 0.5, Q1: 0.4, Q3: 0.6, Min: 0.3, Max: 0.7, N: 21}
	far := result.Spread{Median: 212, Q1: 200, Q3: 230, Min: 190, Max: 300, N: 21}
	r := &result.Report{
		Machine: result.Machine{Go: "go1.99", OS: "linux", Arch: "amd64", CPU: "a <fast> one", CPUs: 4, GOMAXPROCS: 4, Commit: "0123456789abcdef"},
		Date:    time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC), Rounds: 21,
		Systems: []result.System{
			{Name: "als", Title: "als", About: "us"},
			{Name: "context", Title: "context.Context", About: "the standard library's"},
			{Name: "jtolds", Title: "jtolds/gls", About: "a library", Version: "v4", Status: "crashes: fatal error: concurrent map writes"},
		},
	}
	q := result.Question{Name: "read", Title: "Reading", About: "What a read takes."}
	for _, name := range ours {
		q.Rows = append(q.Rows, result.Row{
			Name: name, Label: "label of " + name, Against: "ctx.Value", Unit: "ns",
			Cells: []result.Cell{
				{System: "context", Value: result.Spread{Median: 4, Q1: 4, Q3: 4}, Allocs: &bytes, Bytes: &bytes},
				{System: "als", Value: result.Spread{Median: 2.04, Q1: 2, Q3: 2}, Ratio: &half, Allocs: &allocs, Bytes: &allocs},
				{System: "jtolds", Value: result.Spread{Median: 848, Q1: 800, Q3: 900}, Ratio: &far},
				{System: "routine", Absent: "crashes: on purpose"},
			},
		})
	}
	for _, op := range inRequest {
		for _, set := range []string{"4", "100"} {
			row := q.Rows[0]
			row.Name, row.Label = "request/op="+op+",set="+set, "label of "+op+", "+set+" storages set"
			q.Rows = append(q.Rows, row)
		}
	}
	memory := result.Question{Name: "memory", Title: "Memory", Rows: []result.Row{{
		Name: "memory/inside=Run", Label: "parked", Unit: "B",
		Cells: []result.Cell{{System: "als", Value: result.Spread{Median: 101, Q1: 100, Q3: 102}}, {System: "context"}},
	}, {
		Name: "memory/inside=WithScope", Label: "parked in a scope", Unit: "B",
		Cells: []result.Cell{{System: "als", Value: result.Spread{Median: 149, Q1: 148, Q3: 150}}},
	}}}
	below := result.Row{Name: "nesting/depth=100", Label: "deep", Against: "ctx.Value", Unit: "ns", Cells: q.Rows[0].Cells}
	r.Questions = []result.Question{q, memory, {Name: "nesting", Title: "Nesting", Rows: []result.Row{below}}}
	return r
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Text(&b, sample()))
	text := b.String()
	assert.Contains(t, text, "go1.99 linux/amd64, a <fast> one, 4 processors, GOMAXPROCS 4, 2026-01-02 03:04 UTC, 21 rounds, commit 0123456789ab\n")
	assert.Contains(t, text, "## Reading\nWhat a read takes.\n")
	assert.Regexp(t, `(?m)^ +als +2\.04 +0\.50 +0\.40–0\.60 +0 +0$`, text)
	assert.Regexp(t, `(?m)^ +context\.Context: ctx\.Value +4\.00 +48 +48$`, text)
	assert.Regexp(t, `(?m)^ +routine +crashes: on purpose$`, text)
	assert.Contains(t, text, "jtolds/gls: crashes: fatal error: concurrent map writes")
}

func TestReadmeChartLeavesOutASystemFarBeyondTheOthers(t *testing.T) {
	r := sample()
	chart, err := DrawReadme(r)
	require.NoError(t, err)
	assert.NotContains(t, wellFormed(t, chart), "jtolds/gls", "at 212 in each row")
	section, err := Section(r, "chart.svg")
	require.NoError(t, err)
	assert.Contains(t, section, "leaves out jtolds/gls, whose ratios are 212 to 212.\n")

	// One compared row on the scale is enough.
	r.Questions[0].Rows[1].Cells[2].Ratio = &result.Spread{Median: offScale, Q1: offScale, Q3: offScale}
	require.Contains(t, compared, r.Questions[0].Rows[1].Name)
	chart, err = DrawReadme(r)
	require.NoError(t, err)
	assert.Contains(t, wellFormed(t, chart), "jtolds/gls")
}

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0.00", 0.494: "0.49", 1.75: "1.75", 10.44: "10.4", 104.4: "104", 99_999: "99999",
		304_054.4: "304,054", 8_247_671: "8,247,671", -3.2: "-3.20", -1_234_567: "-1,234,567",
	} {
		assert.Equal(t, want, Number(x))
	}
}

func TestWrap(t *testing.T) {
	text := strings.Repeat("word ", 100)
	for line := range strings.Lines(wrap(text, 30)) {
		assert.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), 30)
	}
	assert.Equal(t, strings.Fields(text), strings.Fields(wrap(text, 30)))
}

// wellFormed walks through an XML document and returns its text.
func wellFormed(t *testing.T, document []byte) string {
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		require.NoError(t, err)
		if c, ok := token.(xml.CharData); ok {
			text.Write(c)
			text.WriteByte('\n')
		}
	}
}

func TestCharts(t *testing.T) {
	r := sample()
	ratios, err := Chart(r, "Reading", r.Questions[0].Rows)
	require.NoError(t, err)
	text := wellFormed(t, ratios)
	assert.True(t, bytes.HasPrefix(ratios, []byte("<svg")))
	for _, want := range []string{"Reading", "label of read/store=int", "jtolds/gls", "ratio to context.Context", "100"} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "\nroutine\n", "it was not measured")

	values, err := Chart(r, "Memory", r.Questions[1].Rows)
	require.NoError(t, err)
	assert.Contains(t, wellFormed(t, values), "B, median and quartiles")

	_, err = Chart(r, "nothing to see", []result.Row{{Name: "x", Label: "x", Cells: []result.Cell{{System: "als", Absent: "crashes"}}}})
	assert.NoError(t, err)
}

func TestSameDataSameChart(t *testing.T) {
	one, err := DrawReadme(sample())
	require.NoError(t, err)
	two, err := DrawReadme(sample())
	require.NoError(t, err)
	assert.Equal(t, one, two)
}

func TestDecades(t *testing.T) {
	labels := func(least, most float64) (s []string) {
		for _, tick := range (decades{}).Ticks(least, most) {
			s = append(s, tick.Label)
		}
		return s
	}
	assert.Equal(t, []string{"0.1", "1", "10", "100", "1000", "10000"}, labels(0.05, 20_000))
	assert.Equal(t, []string{"0.2", "0.5", "1", "2", "5", "10"}, labels(0.15, 12))
	assert.Contains(t, labels(0.8, 1.4), "1.2")
}

func TestWriteAndPage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	require.NoError(t, Write(dir, sample()))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	text := string(page)
	assert.Contains(t, text, "a &lt;fast&gt; one")
	assert.Equal(t, 3, strings.Count(text, "<svg"))
	assert.Contains(t, text, "crashes: fatal error: concurrent map writes")
	assert.NotRegexp(t, regexp.MustCompile(`(?i)<script|<link|<img|\bsrc=|\bhref="?https?:|@import|url\(`), text, "the page needs no network")
	for _, name := range []string{"read.svg", "memory.svg", "data.json"} {
		_, err := os.Stat(filepath.Join(dir, name))
		assert.NoError(t, err)
	}
}

func TestSection(t *testing.T) {
	text, err := Section(sample(), "bench/report/readme.svg")
	require.NoError(t, err)
	assert.Contains(t, text, "| label of read/store=int | ctx.Value | 0.50 (0.40–0.60) | 0 / 48 |\n")
	assert.Contains(t, text, "| label of read/store=pointer | the same | 0.50 (0.40–0.60) | 0 / 48 |\n")
	assert.Contains(t, text, "| label of read/store=pointer | 0.50 |  | 1 | crashes: on purpose |  | 212 |  |\n")
	assert.Contains(t, text, "](bench/report/readme.svg)")
	assert.Contains(t, text, "| label of scope | 0.50 | 0.50 |  |  |\n")
	assert.Contains(t, text, "takes 101 bytes of heap and stack more than one outside, inside a scope 149.\n")

	r := sample()
	r.Questions[0].Rows = r.Questions[0].Rows[1:]
	_, err = Section(r, "x")
	assert.EqualError(t, err, "the report has no row read/store=int: it must be of a whole run")
}

func TestReplace(t *testing.T) {
	text, err := Replace([]byte("above\n"+begin+"old\n"+end+"below\n"), "new")
	require.NoError(t, err)
	assert.Equal(t, "above\n"+begin+"\nnew\n"+end+"below\n", string(text))
	for _, document := range []string{"", begin, end + begin} {
		_, err := Replace([]byte(document), "new")
		assert.Error(t, err)
	}
}

// After a new run, write the README's section again:
//
//	go run ./bench readme
func TestTheReadmeHasTheFiguresOfTheCommittedData(t *testing.T) {
	r, err := result.Read("../../report/data.json")
	require.NoError(t, err)
	assert.False(t, r.Short, "the README's figures are those of a whole run")
	readme, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	section, err := Section(r, "bench/report/"+ReadmeChart)
	require.NoError(t, err)
	want, err := Replace(readme, section)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(readme))
	chart, err := os.ReadFile("../../report/" + ReadmeChart)
	require.NoError(t, err)
	assert.Contains(t, wellFormed(t, chart), "GetStore of a pointer")
}
