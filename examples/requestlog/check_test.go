package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoRequests is a log without a fault, and the replies to it.
func twoRequests() ([]line, []reply) {
	return []line{
			{0, true, "a", 1, "start"},
			{1, true, "b", 2, "start"},
			{0, true, "a", 3, "finish"},
			{1, true, "b", 4, "deliver"},
			{1, true, "b", 4, "delivered"},
			{1, true, "b", 2, "finish"},
		}, []reply{
			{"later", "a", 0},
			{"mail", "b", 1},
		}
}

func TestCheck(t *testing.T) {
	without := func(lines []line, i int) []line { return append(lines[:i:i], lines[i+1:]...) }
	for _, c := range []struct {
		name  string
		spoil func(lines []line, replies []reply) ([]line, []reply)
		want  []string
	}{
		{"nothing", func(l []line, r []reply) ([]line, []reply) { return l, r }, nil},
		{"the ID of another", func(l []line, r []reply) ([]line, []reply) { l[3].id = 0; return l, r },
			[]string{"   0: b        goroutine 4      deliver   <- b is request 1"}},
		{"no ID", func(l []line, r []reply) ([]line, []reply) { l[5].hasID = false; return l, r },
			[]string{"   -: b        goroutine 2      finish   <- b is request 1"}},
		{"no ID where it is 0", func(l []line, r []reply) ([]line, []reply) { l[0].hasID = false; return l, r },
			[]string{"   -: a        goroutine 1      start   <- a is request 0"}},
		{"one line less", func(l []line, r []reply) ([]line, []reply) { return without(l, 3), r },
			[]string{`   1: b        logged ["start" "delivered" "finish"], not ["start" "deliver" "delivered" "finish"]`}},
		{"no line at all", func(l []line, r []reply) ([]line, []reply) { return nil, r[:1] },
			[]string{`   0: a        logged [], not ["start" "finish"]`}},
		{"one line twice", func(l []line, r []reply) ([]line, []reply) { return append(l[:1:1], l...), r },
			[]string{`   0: a        logged ["start" "start" "finish"], not ["start" "finish"]`}},
		{"the last too early", func(l []line, r []reply) ([]line, []reply) { l[4], l[5] = l[5], l[4]; return l, r },
			[]string{`   1: b        logged ["start" "deliver" "finish" "delivered"], not ["start" "deliver" "delivered" "finish"]`}},
		{"another order in between", func(l []line, r []reply) ([]line, []reply) { l[3], l[4] = l[4], l[3]; return l, r }, nil},
		{"a line of nobody", func(l []line, r []reply) ([]line, []reply) { return append(l, line{token: "c", msg: "x"}), r },
			[]string{"   -: c        goroutine 0      x   <- no client asked for this"}},
		{"an ID given twice", func(l []line, r []reply) ([]line, []reply) {
			for i := range l {
				l[i].id = 1
			}
			r[0].id = 1
			return l, r
		}, []string{"a and b were both given ID 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, check(c.spoil(twoRequests())))
		})
	}
}

func TestProblemsAreListedUpToALimit(t *testing.T) {
	assert.NoError(t, cli.AsError(nil))
	assert.EqualError(t, cli.AsError([]string{"a", "b"}), "problems: 2:\na\nb")

	var many []string
	for i := range cli.MaxShown + 1 {
		many = append(many, fmt.Sprint("problem ", i))
	}
	err := cli.AsError(many)
	require.Error(t, err)
	assert.True(t, strings.HasPrefix(err.Error(), "problems: 21, of which the first 20:\n"))
	assert.True(t, strings.HasSuffix(err.Error(), "\nproblem 19"))
}

func TestSummaryCounts(t *testing.T) {
	lines, replies := twoRequests()
	assert.Equal(t, 4, goroutines(lines))
	assert.Equal(t, 2, interleavings(lines), "a gives way to b, and b to a; then a has finished")
	assert.Zero(t, interleavings(nil))
	assert.Zero(t, interleavings([]line{lines[0], lines[2], lines[1], lines[3]}))

	assert.Equal(t, "requests 2, connections 1, lines 6, goroutines 4, interleavings 2: "+
		"every line has the ID of its own request", summary(lines, replies, 1, 0))
	assert.Contains(t, summary(lines, replies, 1, 7), ": 7 PROBLEMS")
}
