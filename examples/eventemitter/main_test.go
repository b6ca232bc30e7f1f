package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
	"github.com/seed-1938943e/goroutine/hooks"
)

// execute runs the program to its end.
func execute(args ...string) (code int, stdout, stderr []string) {
	return clitest.Execute(run, args...)
}

// A line has the request, how it ended, the listener, the context of the listener and, if
// that was wrong, the expected one.
var seen = regexp.MustCompile(`^  request (\d+) was (answered|hung up on): (bound|plain) listener in (request|connection) (\d+), in (\d+), caused by (\d+) \(goroutine \d+\)( +<- should be in request (\d+), in \d+, caused by \d+)?$`)

// The test reads the output as a user would, without the help of check.
func TestListenersRunWhereTheyShould(t *testing.T) {
	for _, args := range []string{"", "-clients 1 -requests 1", "-clients=8 -requests=9"} {
		t.Run(args, func(t *testing.T) {
			code, stdout, stderr := execute(strings.Fields(args)...)
			require.Zero(t, code, stderr)
			assert.Empty(t, stderr)
			assert.Regexp(t, `^Checked with .*: bound listeners saw their request, plain ones the connection$`, stdout[len(stdout)-1])
			assert.Equal(t, "eventemitter: a listener runs in the context of the emitter, unless it was bound when it was registered", stdout[0])
			require.Len(t, stdout, 1+2+6+2+6+2)
			assert.Regexp(t, "^WRONG  ", stdout[2])
			assert.Regexp(t, "^RIGHT  ", stdout[10])

			for i, l := range append(stdout[3:9:9], stdout[11:17]...) {
				m := seen.FindStringSubmatch(l)
				require.NotNil(t, m, l)
				request := strconv.Itoa(i%6/2 + 1)
				assert.Equal(t, request, m[1])
				assert.Equal(t, request == "3", m[2] == "hung up on")
				bound, right := m[3] == "bound", i >= 6
				assert.Equal(t, i%2 == 0, bound)
				if bound && right {
					assert.Equal(t, "request "+request, m[4]+" "+m[5])
				} else {
					assert.Equal(t, "connection", m[4])
				}
				if bound && !right {
					assert.Equal(t, request, m[9])
				} else {
					assert.Empty(t, m[8])
				}
			}
		})
	}
}

func TestEveryListenerOfManyClientsIsCalled(t *testing.T) {
	s, err := serve(options{clients: 8, requests: 9})
	require.NoError(t, err)
	assert.Empty(t, s.problems())
	hungUp, scopes := 0, make(map[hooks.ID]string)
	for _, saw := range s.sightings {
		if saw.how == "hung up on" {
			hungUp++
		}
		if other, ok := scopes[saw.got.id]; ok {
			assert.Equal(t, other, saw.got.store, "both in %d", saw.got.id)
		}
		scopes[saw.got.id] = saw.got.store
	}
	assert.Len(t, s.sightings, 2*8*9)
	assert.Equal(t, 2*8*3, hungUp)
}

// The check must be able to fail.
func TestTheCheckFindsUnboundListeners(t *testing.T) {
	code, stdout, stderr := execute("-unbound", "-clients", "2", "-requests", "3")
	assert.Equal(t, 1, code)
	assert.Regexp(t, `: 12 PROBLEMS$`, stdout[len(stdout)-1])
	require.Len(t, stderr, 1+6+6)
	for _, l := range stderr[1 : 1+6] {
		m := seen.FindStringSubmatch("  " + l)
		require.NotNil(t, m, l)
		assert.Equal(t, "bound connection", m[3]+" "+m[4])
		assert.Equal(t, m[1], m[9], l)
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

func TestClientsReportErrors(t *testing.T) {
	for _, requests := range []int{1, 3} {
		assert.ErrorContains(t, askAll("http://127.0.0.1:0", 2, requests), "client 2: ", strconv.Itoa(requests))
	}
}

func TestInvalidCommandLines(t *testing.T) {
	for _, args := range []string{"-nosuch", "now", "-clients 0", "-clients 101", "-requests 0", "-requests 1001"} {
		code, stdout, stderr := execute(strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout, args)
		assert.Len(t, stderr, 1, args)
	}
}
