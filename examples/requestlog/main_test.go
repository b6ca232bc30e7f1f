package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

// execute runs the program to its end.
func execute(args ...string) (code int, stdout, stderr []string) {
	return clitest.Execute(run, args...)
}

var (
	logLine     = regexp.MustCompile(`^ *(\S+) +goroutine (\d+) +(\S.*?)( +<- should be (\S+))?$`)
	summaryLine = regexp.MustCompile(`^Checked with (\d+) requests over (\d+) connections, (\d+) lines from (\d+) goroutines, (\d+) interleavings: (.+)$`)
)

// A printed is a line of the log, parsed from the output: the tests must not share the
// mistakes of check.
type printed struct{ id, msg, should string }

func parseLog(t *testing.T, lines []string) (log []printed) {
	t.Helper()
	for _, l := range lines {
		m := logLine.FindStringSubmatch(l)
		require.NotNil(t, m, "not a line of the log: %q", l)
		log = append(log, printed{m[1], m[3], m[5]})
	}
	return log
}

// messages returns the messages of a request, in their order.
func messages(log []printed, id string) (msgs []string) {
	for _, p := range log {
		if p.id == id {
			msgs = append(msgs, p.msg)
		}
	}
	return msgs
}

func TestAFewRequestsAreShown(t *testing.T) {
	code, stdout, stderr := execute("-clients", "2", "-requests", "2")
	require.Zero(t, code, stderr)
	assert.Empty(t, stderr)
	require.Len(t, stdout, 1+2+2+8+2+16+2, stdout)
	assert.Equal(t, "requestlog: every line that a server logs has the ID of its request, and no function has a parameter for it", stdout[0])

	assert.Regexp(t, "^WRONG  a plain go statement loses the ID of order-2; ", stdout[4])
	wrong := parseLog(t, stdout[5:5+8])
	for _, p := range wrong[:6] {
		assert.Equal(t, []string{"-", "order-2"}, []string{p.id, p.should})
		assert.Regexp(t, `^(query|rows of) price \d$`, p.msg)
	}
	assert.Equal(t, []printed{{"mail-1", "deliver", "mail-3"}, {"mail-1", "delivered", "mail-3"}}, wrong[6:])

	assert.Regexp(t, "^RIGHT  three requests at the same time", stdout[14])
	right := parseLog(t, stdout[15:15+16])
	for id, what := range map[string]string{"order-4": "order", "mail-5": "mail", "later-6": "later"} {
		got := messages(right, id)
		assert.True(t, sameSteps(got, steps[what]), "%s logged %q", id, got)
	}
}

func TestEveryLineHasTheIDOfItsRequest(t *testing.T) {
	for _, c := range []struct {
		args              []string
		clients, requests int
	}{
		{nil, 8, 25},
		{[]string{"-clients", "1", "-requests", "1"}, 1, 1},
		{[]string{"-clients=20", "-requests=3"}, 20, 3},
	} {
		t.Run(strings.Join(c.args, ""), func(t *testing.T) {
			code, stdout, stderr := execute(c.args...)
			require.Zero(t, code, stderr)
			assert.Empty(t, stderr)
			assert.Less(t, len(stdout), 40, "a newcomer should see at once what it shows")

			lines := 0
			for client := range c.clients {
				for i := range c.requests {
					lines += len(steps[asked[(client+i)%len(asked)]])
				}
			}
			last := stdout[len(stdout)-1]
			m := summaryLine.FindStringSubmatch(last)
			require.NotNil(t, m, last)
			assert.Equal(t, strconv.Itoa(c.clients*c.requests), m[1])
			assert.Equal(t, strconv.Itoa(lines), m[3])
			assert.Equal(t, "every line has the ID of its own request", m[6])
			if c.requests > 1 {
				assert.Less(t, number(t, m[2]), c.clients*c.requests, "connections: none was used again")
			}
			if c.clients > 1 { // else it would prove nothing
				assert.NotZero(t, number(t, m[5]), "interleavings")
			}
		})
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

// TestManyRequests checks lines that the program does not print.
func TestManyRequests(t *testing.T) {
	o, err := observe(newServer(faults{}), wishes(8, 25))
	require.NoError(t, err)
	assert.Empty(t, o.problems())
	ids := make(map[string]string) // by token
	for _, r := range o.replies {
		ids[r.token] = r.id
		if r.wish.id != "" {
			assert.Equal(t, r.wish.id, r.id, "the client's ID is taken")
		}
	}
	assert.Len(t, ids, 8*25)
	for _, l := range o.lines {
		require.Equal(t, ids[l.token], l.id, "%v", l)
	}
}

// The check must be able to fail.
func TestTheCheckFindsLostStores(t *testing.T) {
	for _, args := range [][]string{
		{"-lose"},
		{"-lose", "-clients", "1", "-requests", "1"},
	} {
		t.Run(strings.Join(args, ""), func(t *testing.T) {
			code, stdout, stderr := execute(args...)
			assert.Equal(t, 1, code)
			assert.Regexp(t, `: \d+ PROBLEMS$`, stdout[len(stdout)-1])
			require.Regexp(t, `^requestlog: problems: \d+`, stderr[0])
			require.NotEmpty(t, stderr[1:])
			for _, p := range parseLog(t, stderr[1:]) {
				assert.Equal(t, "-", p.id)
				assert.Regexp(t, `^(query|rows of) price \d$`, p.msg)
				assert.NotEmpty(t, p.should)
			}
		})
	}
}

func TestTheCheckFindsMixedUpStores(t *testing.T) {
	code, stdout, stderr := execute("-mix")
	assert.Equal(t, 1, code)
	assert.Regexp(t, `: \d+ PROBLEMS$`, stdout[len(stdout)-1])
	require.Regexp(t, `^requestlog: problems: \d+, of which the first 20:$`, stderr[0])
	require.Len(t, stderr, 1+cli.MaxShown)
	for _, p := range parseLog(t, stderr[1:]) {
		assert.Regexp(t, `^deliver(ed)?$`, p.msg)
		assert.NotEqual(t, "-", p.id)
		assert.NotEmpty(t, p.should)
		assert.NotEqual(t, p.should, p.id)
	}
}

func TestInvalidCommandLines(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-nosuch"}, 2, "-nosuch"},
		{[]string{"now"}, 2, `unexpected argument "now"`},
		{[]string{"-clients", "many"}, 2, `"many"`},
		{[]string{"-clients", "0"}, 2, "-clients is 0"},
		{[]string{"-clients", "257"}, 2, "-clients is 257"},
		{[]string{"-requests", "-1"}, 2, "-requests is -1"},
		{[]string{"-requests", "1001"}, 2, "-requests is 1001"},
		{[]string{"-addr"}, 2, "-addr"},
		{[]string{"-addr", ""}, 2, "-addr is empty"},
		{[]string{"-addr", "127.0.0.1:0", "-clients", "3"}, 2, "-clients makes no sense with -addr"},
		{[]string{"-addr", "nowhere"}, 1, "missing port"},
		{[]string{"-addr", "127.0.0.1:99999"}, 1, "invalid port"},
	} {
		t.Run(strings.Join(c.args, ""), func(t *testing.T) {
			code, stdout, stderr := execute(c.args...)
			assert.Equal(t, c.code, code)
			assert.Empty(t, stdout)
			require.Len(t, stderr, 1)
			assert.True(t, strings.HasPrefix(stderr[0], "requestlog: "), stderr[0])
			assert.Contains(t, stderr[0], c.says)
		})
	}
}

func TestHelp(t *testing.T) {
	code, stdout, stderr := execute("-h")
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	for _, name := range []string{"addr", "clients", "requests", "lose", "mix"} {
		assert.Contains(t, strings.Join(stdout, "\n"), "\n  -"+name)
	}
}
