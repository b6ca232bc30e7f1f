package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

// execute runs the program to its end.
func execute(args ...string) (code int, stdout, stderr []string) {
	return clitest.Execute(run, args...)
}

var seen = regexp.MustCompile(`^request (\d+) was (answered|hung up on): (bound|plain) listener in (request|connection) (\d+), in (\d+), caused by (\d+) \(goroutine (\d+)\)$`)

// The output is read here as a user would, without the help of check.
func TestListenersRunWhereTheyShould(t *testing.T) {
	for _, c := range []struct {
		args              string
		clients, requests int
	}{{"", 3, 4}, {"-clients 1 -requests 1", 1, 1}, {"-clients=8 -requests=9", 8, 9}} {
		t.Run(c.args, func(t *testing.T) {
			code, stdout, stderr := execute(strings.Fields(c.args)...)
			require.Zero(t, code, stderr)
			assert.Empty(t, stderr)
			last := len(stdout) - 1
			assert.True(t, strings.HasSuffix(stdout[last], ": bound listeners saw their request, plain ones the connection"))
			assert.Len(t, stdout[:last], 2*c.clients*c.requests)

			hungUp, requests, scopes := 0, make(map[string]bool), make(map[string]string)
			for _, l := range stdout[:last] {
				m := seen.FindStringSubmatch(l)
				require.NotNil(t, m, l)
				requests[m[1]] = true
				if m[2] == "hung up on" {
					hungUp++
				}
				where := m[4] + " " + m[5]
				if m[3] == "bound" {
					assert.Equal(t, "request "+m[1], where)
				} else {
					assert.Equal(t, "connection", m[4])
				}
				if other, ok := scopes[m[6]]; ok {
					assert.Equal(t, other, where, "both in %s", m[6])
				}
				scopes[m[6]] = where
			}
			assert.Len(t, requests, c.clients*c.requests)
			assert.Equal(t, 2*c.clients*(c.requests/3), hungUp)
		})
	}
}

// The check is worth something only if it can fail.
func TestTheCheckFindsUnboundListeners(t *testing.T) {
	code, stdout, stderr := execute("-unbound", "-clients", "2", "-requests", "3")
	assert.Equal(t, 1, code)
	assert.Regexp(t, `: 12 PROBLEMS$`, stdout[len(stdout)-1])
	require.Len(t, stderr, 1+6+6)
	for _, l := range stderr[1 : 1+6] {
		line, should, ok := strings.Cut(l, "   <- should be ")
		require.True(t, ok, l)
		assert.Contains(t, stdout, line)
		m := seen.FindStringSubmatch(line)
		require.NotNil(t, m, line)
		assert.Equal(t, "bound connection", m[3]+" "+m[4])
		assert.True(t, strings.HasPrefix(should, "in request "+m[1]+", in "), l)
	}
	for _, l := range stderr[1+6:] {
		assert.Regexp(t, `^close \d+: nothing ran in it$`, l)
	}
}

func TestCheckFindsMissingEvents(t *testing.T) {
	here := place{"request 1", 4, 3}
	s := sighting{"bound", "request 1", "answered", here, here, 9}
	assert.Equal(t, []string{"request 1: its plain listener was called 0 times"}, check([]sighting{s}, 1))
	lost := s
	lost.listener, lost.got = "plain", place{"", 1, 0}
	assert.Equal(t, []string{
		"request 1 was answered: plain listener in nothing, in 1, caused by 0 (goroutine 9)   <- should be in request 1, in 4, caused by 3",
		"request 1: its bound listener was called 2 times",
	}, check([]sighting{s, s, lost}, 1))
}

func TestEventEmitter(t *testing.T) {
	var e EventEmitter
	assert.False(t, e.Emit("close"))
	var got []string
	e.On("close", func() {
		got = append(got, "first")
		e.On("close", func() { got = append(got, "late") }) // not for this Emit
	})
	e.On("close", func() { got = append(got, "second") })
	e.On("data", func() { got = append(got, "data") })
	assert.True(t, e.Emit("close"))
	assert.Equal(t, "first second", strings.Join(got, " "))
	assert.True(t, e.Emit("close"))
	assert.Equal(t, "first second first second late", strings.Join(got, " "))
}

func TestClientsReportWhatIsNoAnswer(t *testing.T) {
	for _, requests := range []int{1, 3} {
		assert.ErrorContains(t, askAll("http://127.0.0.1:0", 2, requests), "client 2: ", strconv.Itoa(requests))
	}
}

func TestCommandLinesThatMakeNoSense(t *testing.T) {
	for _, args := range []string{"-nosuch", "now", "-clients 0", "-clients 101", "-requests 0", "-requests 1001"} {
		code, stdout, stderr := execute(strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout, args)
		assert.Len(t, stderr, 1, args)
	}
}
