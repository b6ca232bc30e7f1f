package result

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name   string
		sample []float64
		want   Spread
	}{
		{"nothing", nil, Spread{}},
		{"one", []float64{7}, Spread{7, 7, 7, 7, 7, 1}},
		{"odd, unsorted", []float64{5, 1, 4, 2, 3}, Spread{Median: 3, Q1: 2, Q3: 4, Min: 1, Max: 5, N: 5}},
		{"even", []float64{4, 3, 2, 1}, Spread{Median: 2, Q1: 1, Q3: 3, Min: 1, Max: 4, N: 4}},
		{"an outlier moves no quartile", []float64{1, 1, 1, 1, 1, 1, 1, 1000}, Spread{Median: 1, Q1: 1, Q3: 1, Min: 1, Max: 1000, N: 8}},
	} {
		assert.Equal(t, c.want, NewSpread(c.sample), c.name)
	}
}

func TestRatiosAreOfNeighbours(t *testing.T) {
	// The machine was three times as slow in the second round, for both.
	ratios := Ratios([]float64{1, 3, 1}, []float64{2, 6, 2})
	assert.Equal(t, []float64{0.5, 0.5, 0.5}, ratios)
}

func TestJSONRoundTrip(t *testing.T) {
	allocs, ratio := 1.5, Spread{Median: 0.5, Q1: 0.4, Q3: 0.6, Min: 0.3, Max: 0.7, N: 11}
	want := &Report{
		Machine: Machine{Go: "go1.24", OS: "linux", Arch: "amd64", CPU: "a processor", CPUs: 2, GOMAXPROCS: 2},
		Date:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Rounds: 11, Short: true,
		Systems: []System{{Name: "als", Title: "als", About: "us"}, {Name: "x", Title: "X", Status: "crashes"}},
		Questions: []Question{{Name: "read", Title: "Reading", Rows: []Row{{
			Name: "read/store=int", Label: "GetStore", Against: "ctx.Value", Unit: "ns",
			Cells: []Cell{
				{System: "context", Value: Spread{Median: 4}},
				{System: "als", Value: Spread{Median: 2}, Ratio: &ratio, Allocs: &allocs, Bytes: &allocs},
				{System: "x", Absent: "crashes"},
			},
		}}}},
	}
	text, err := want.JSON()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "data.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	got, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, want, got)

	row, ok := got.Row("read/store=int")
	require.True(t, ok)
	_, ok = row.Cell("als")
	assert.True(t, ok)
	_, ok = row.Cell("x")
	assert.False(t, ok, "it was not measured")
	_, ok = got.Row("read/store=none")
	assert.False(t, ok)
	assert.Equal(t, "X", got.Title("x"))
	assert.Equal(t, "y", got.Title("y"))
}

func TestErrorsOfReadNameTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.json")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err := Read(path)
	assert.ErrorContains(t, err, path)
	_, err = Read(path + "x")
	assert.ErrorIs(t, err, os.ErrNotExist)
}
