package ops

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTableIsComplete(t *testing.T) {
	names := map[string]bool{}
	key := regexp.MustCompile(`^[a-z]+(/[a-z]+=[^/ ]+)+$`)
	for _, q := range append(Questions(1_000_000), Question{Name: "memory", Rows: Parked()}) {
		require.NotEmpty(t, q.Rows, q.Name)
		for _, r := range q.Rows {
			assert.Falsef(t, names[r.Name], "%s is there twice", r.Name)
			names[r.Name] = true
			assert.Regexp(t, key, r.Name, "for benchstat")
			assert.NotEmpty(t, r.Label, r.Name)
			assert.NotEmpty(t, r.Against, r.Name)
			systems := map[System]bool{}
			for _, i := range r.Impls {
				assert.Falsef(t, systems[i.System], "%s has %s twice", r.Name, i.System)
				systems[i.System] = true
				assert.NotEmpty(t, Peers[i.System].Title, i.System)
				assert.Truef(t, i.Loop != nil || i.Hold != nil, "%s of %s", r.Name, i.System)
			}
			if q.Name != "memory" {
				assert.Greaterf(t, len(r.Impls), 1, "%s compares nothing", r.Name)
			}
			if q.Name != "table" && q.Name != "hooks" {
				assert.Truef(t, systems[ALS], "%s without us", r.Name)
			}
		}
	}
}

func TestEachReadOfALoopFindsTheValue(t *testing.T) {
	reads := regexp.MustCompile(`^(read|request/op=read|variables|nesting|parallel|crowd/op=read|table/op=load)`)
	read := 0
	for _, q := range Questions(1) {
		for _, r := range q.Rows {
			for _, i := range r.Impls {
				if i.System == Jtolds && r.Name == "nesting/depth=1000" || i.System == ModernGo && checked {
					continue // the first takes ten seconds, the second crashes
				}
				before := sink.Load()
				const n = 3
				i.Within(func() { i.Loop(n) })
				if reads.MatchString(r.Name) {
					want := max(r.Procs, 1) * n
					assert.EqualValuesf(t, want, sink.Load()-before, "%s of %s: values found", r.Name, i.System)
					read++
				}
			}
		}
	}
	assert.Greater(t, read, 50)
}

// checked reports whether this binary was built with checkptr.
var checked bool

// The four storages of request/op=read-collided collide. Those of a request do not.
func TestWhichStoragesCollide(t *testing.T) {
	Questions(1)
	places := map[uint32]bool{placeOf(&alsUser): true}
	for i := range 3 {
		places[placeOf(&alsInRequest[i])] = true
		assert.Equal(t, placeOf(&alsCollided), placeOf(alsColliding[i]))
	}
	assert.Len(t, places, 4)
}

func TestFind(t *testing.T) {
	r, i, ok := Find(Questions(1), "read/store=int", ALS)
	require.True(t, ok)
	assert.Equal(t, "read/store=int", r.Name)
	assert.Equal(t, ALS, i.System)
	_, _, ok = Find(Questions(1), "read/store=int", Xsync)
	assert.False(t, ok)
	assert.True(t, Uses(Questions(1), Xsync))
	assert.False(t, Uses(nil, Xsync))
}

func TestCrowdsStayBelowTheirLimit(t *testing.T) {
	for _, q := range Questions(1000) {
		for _, r := range q.Rows {
			assert.LessOrEqual(t, r.Crowd, 1000, r.Name)
			assert.False(t, strings.HasSuffix(r.Name, "goroutines=100000"))
		}
	}
}

func TestThousands(t *testing.T) {
	assert.Equal(t, "1 Run", counted(1, "Run"))
	assert.Equal(t, "999 Runs", counted(999, "Run"))
	assert.Equal(t, "1,000 Runs", counted(1000, "Run"))
	assert.Equal(t, "1,000,000 Runs", counted(1_000_000, "Run"))
}
