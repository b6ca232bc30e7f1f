package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// twoRequests is a log without a fault, and the replies to it.
func twoRequests() ([]line, []reply) {
	return []line{
			{"0", "a", 1, "start"},
			{"x", "b", 2, "start"},
			{"0", "a", 3, "finish"},
			{"x", "b", 4, "deliver"},
			{"x", "b", 4, "delivered"},
			{"x", "b", 2, "finish"},
		}, []reply{
			{wish{"later", "a", ""}, "0"},
			{wish{"mail", "b", "x"}, "x"},
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
		{"the ID of another", func(l []line, r []reply) ([]line, []reply) { l[3].id = "0"; return l, r },
			[]string{"0          goroutine 4     deliver   <- should be x"}},
		{"no ID", func(l []line, r []reply) ([]line, []reply) { l[5].id = "-"; return l, r },
			[]string{"-          goroutine 2     finish   <- should be x"}},
		{"one line less", func(l []line, r []reply) ([]line, []reply) { return without(l, 3), r },
			[]string{`x logged ["start" "delivered" "finish"], not ["start" "deliver" "delivered" "finish"]`}},
		{"no line at all", func(l []line, r []reply) ([]line, []reply) { return nil, r[:1] },
			[]string{`0 logged [], not ["start" "finish"]`}},
		{"one line twice", func(l []line, r []reply) ([]line, []reply) { return append(l[:1:1], l...), r },
			[]string{`0 logged ["start" "start" "finish"], not ["start" "finish"]`}},
		{"the last too early", func(l []line, r []reply) ([]line, []reply) { l[4], l[5] = l[5], l[4]; return l, r },
			[]string{`x logged ["start" "deliver" "finish" "delivered"], not ["start" "deliver" "delivered" "finish"]`}},
		{"another order in between", func(l []line, r []reply) ([]line, []reply) { l[3], l[4] = l[4], l[3]; return l, r }, nil},
		{"a line of no request", func(l []line, r []reply) ([]line, []reply) { return append(l, line{"-", "c", 9, "x"}), r },
			[]string{"-          goroutine 9     x   <- no client has sent c"}},
		{"an ID given twice", func(l []line, r []reply) ([]line, []reply) {
			for i := range l {
				l[i].id = "x"
			}
			r[0].id = "x"
			return l, r
		}, []string{"a and b both have ID x"}},
		{"an ID of a client not taken", func(l []line, r []reply) ([]line, []reply) { r[1].wish.id = "y"; return l, r },
			[]string{"b asked for ID y and has x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, check(c.spoil(twoRequests())))
		})
	}
}

func TestSummaryCounts(t *testing.T) {
	lines, replies := twoRequests()
	assert.Equal(t, 4, goroutines(lines))
	assert.Equal(t, 2, interleavings(lines), "a is interrupted by b, and b by a; then a has finished")
	assert.Zero(t, interleavings(nil))
	assert.Zero(t, interleavings([]line{lines[0], lines[2], lines[1], lines[3]}))

	assert.Equal(t, "Checked with 2 requests over 1 connections, 6 lines from 4 goroutines, 2 interleavings",
		(&observed{lines, replies, 1}).summary())
}
