package gate

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

func report(ratio, value, allocs float64) *result.Report {
	spread := result.Spread{Median: ratio}
	return &result.Report{Questions: []result.Question{{Rows: []result.Row{{
		Name: "read/store=int", Label: "GetStore", Unit: "ns",
		Cells: []result.Cell{
			{System: "context", Value: result.Spread{Median: 4}},
			{System: "als", Value: result.Spread{Median: value}, Ratio: &spread, Allocs: &allocs},
			{System: "dead", Absent: "crashes"},
		},
	}}}}}
}

func limits(l ...Limit) Limits { return Limits{Limits: l} }

func zero() *float64 { return new(float64) }

func TestCheck(t *testing.T) {
	limit := Limit{Row: "read/store=int", System: "als", Ratio: 0.6, Margin: 0.1, Allocs: zero()}
	for _, c := range []struct {
		name   string
		limit  Limit
		looks  []*result.Report
		ok     bool
		looked int
	}{
		{"within", limit, []*result.Report{report(0.5, 2, 0)}, true, 1},
		{"within the margin", limit, []*result.Report{report(0.69, 2, 0)}, true, 1},
		{"beyond twice", limit, []*result.Report{report(0.71, 2, 0), report(0.72, 2, 0), report(0.5, 2, 0)}, true, 3},
		{"always beyond", limit, []*result.Report{report(0.71, 2, 0), report(0.72, 2, 0), report(0.73, 2, 0)}, false, 3},
		{"beyond once", limit, []*result.Report{report(0.9, 2, 0), report(0.5, 2, 0)}, true, 2},
		{"it allocates", limit, []*result.Report{report(0.5, 2, 1), report(0.5, 2, 1), report(0.5, 2, 1)}, false, 3},
		{"the runtime allocates", limit, []*result.Report{report(0.5, 2, 0.3)}, true, 1},
		{"a value", Limit{Row: "read/store=int", System: "als", Value: 2, Margin: 1}, []*result.Report{report(9, 3, 9)}, true, 1},
		{"a value beyond", Limit{Row: "read/store=int", System: "als", Value: 2, Margin: 1}, []*result.Report{report(0, 3.1, 0), report(0, 3.1, 0), report(0, 3.1, 0)}, false, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			looked := 0
			verdicts, err := Check(limits(c.limit), func(some []Limit, look int) (*result.Report, error) {
				looked++
				assert.Equal(t, looked, look)
				assert.Len(t, some, 1)
				return c.looks[look-1], nil
			})
			require.NoError(t, err)
			assert.Equal(t, c.ok, verdicts[0].OK)
			assert.Equal(t, c.looked, looked)
			var out bytes.Buffer
			if n := Print(&out, verdicts); c.ok {
				assert.Zero(t, n)
			} else {
				assert.Equal(t, 1, n)
				assert.Regexp(t, `FAILS +read/store=int +als`, out.String())
			}
		})
	}
}

func TestOnlyRowsBeyondTheirLimitAreMeasuredAgain(t *testing.T) {
	bad := Limit{Row: "read/store=int", System: "als", Ratio: 0.1}
	good := Limit{Row: "read/store=int", System: "als", Ratio: 0.9}
	var looks [][]Limit
	verdicts, err := Check(limits(good, bad, good), func(some []Limit, _ int) (*result.Report, error) {
		looks = append(looks, some)
		return report(0.5, 2, 0), nil
	})
	require.NoError(t, err)
	assert.Equal(t, [][]Limit{{good, bad, good}, {bad}, {bad}}, looks)
	assert.True(t, verdicts[0].OK && !verdicts[1].OK && verdicts[2].OK)
}

func TestCheckOfARowThatWasNotMeasuredIsAnError(t *testing.T) {
	for want, l := range map[string]Limit{
		`there is no row "read/store=uint"`:                      {Row: "read/store=uint", System: "als", Ratio: 1},
		`dead was not measured in row "read/store=int": crashes`: {Row: "read/store=int", System: "dead", Ratio: 1},
		`row "read/store=int" has no ratio for context`:          {Row: "read/store=int", System: "context", Ratio: 1},
		`row "read/store=int" counts no allocations`:             {Row: "read/store=int", System: "context", Allocs: zero()},
		`other was not measured in row "read/store=int"`:         {Row: "read/store=int", System: "other", Ratio: 1},
	} {
		_, err := Check(limits(l), func([]Limit, int) (*result.Report, error) { return report(0.5, 2, 0), nil })
		assert.EqualError(t, err, want)
	}
	broken := errors.New("broken")
	_, err := Check(limits(Limit{}), func([]Limit, int) (*result.Report, error) { return nil, broken })
	assert.ErrorIs(t, err, broken)
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`{`:              "unexpected EOF",
		`{"limit": []}`:  `unknown field "limit"`,
		`{"limits": []}`: "no limits",
		`{"limits": [{"row": "r", "system": "s"}]}`: "limit 1 needs a row, a system, and a ratio, a value or allocs",
	} {
		path := filepath.Join(t.TempDir(), "limits.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := Read(path)
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, path)
	}
}

func TestEachLimitOfTheRepositoryHasARowAndAReason(t *testing.T) {
	l, err := Read("../../limits.json")
	require.NoError(t, err)
	questions := append(ops.Questions(100_000), ops.Question{Rows: ops.Parked()})
	for _, one := range l.Limits {
		_, _, ok := ops.Find(questions, one.Row, ops.System(one.System))
		assert.Truef(t, ok, "%s of %s", one.Row, one.System)
		assert.NotEmpty(t, one.Why, one.Row)
		if one.Ratio != 0 || one.Value != 0 {
			assert.Positive(t, one.Margin, one.Row)
		}
	}
	assert.GreaterOrEqual(t, len(l.Limits), 15)
}
