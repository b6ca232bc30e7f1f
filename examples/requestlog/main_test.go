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
	logLine     = regexp.MustCompile(`^ *(\d+|-): (\S+) +goroutine (\d+) +(\S.*)$`)
	summaryLine = regexp.MustCompile(`^requests (\d+), connections (\d+), lines (\d+), goroutines (\d+), interleavings (\d+): (.+)$`)
)

// A printed log, by token. It is read from the output alone, so that it does not
// share the mistakes of check.
type printed struct {
	ids  map[string]map[string]bool
	msgs map[string][]string
}

func parseLog(t *testing.T, lines []string) printed {
	t.Helper()
	p := printed{make(map[string]map[string]bool), make(map[string][]string)}
	for _, l := range lines {
		m := logLine.FindStringSubmatch(l)
		require.NotNil(t, m, "not a line of the log: %q", l)
		id, token, msg := m[1], m[2], m[4]
		if p.ids[token] == nil {
			p.ids[token] = make(map[string]bool)
		}
		p.ids[token][id] = true
		p.msgs[token] = append(p.msgs[token], msg)
	}
	return p
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

			log, last := stdout[:len(stdout)-1], stdout[len(stdout)-1]
			p := parseLog(t, log)
			assert.Len(t, p.ids, c.clients*c.requests)
			given := make(map[string]string)
			for token, ids := range p.ids {
				assert.Len(t, ids, 1, "the IDs of %s", token)
				for id := range ids {
					assert.NotEqual(t, "-", id, token)
					assert.Empty(t, given[id], "the other request with ID %s of %s", id, token)
					given[id] = token
				}
			}
			lines := 0
			for client := range c.clients {
				for i := range c.requests {
					token := "c" + strconv.Itoa(client) + "-" + strconv.Itoa(i)
					want := steps[asked[(client+i)%len(asked)]]
					assert.ElementsMatch(t, want, p.msgs[token], token)
					lines += len(want)
				}
			}

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

// The check is worth something only if it can fail.
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
			offending := regexp.MustCompile(`^   -: (\S+) +goroutine \d+ +(query|rows of) price \d   <- (\S+) is request \d+$`)
			require.NotEmpty(t, stderr[1:])
			for _, l := range stderr[1:] {
				m := offending.FindStringSubmatch(l)
				require.NotNil(t, m, l)
				assert.Equal(t, m[1], m[3])
				line, _, _ := strings.Cut(l, "   <-")
				assert.Contains(t, stdout, line)
			}
			// Only the goroutines that lost it are to blame.
			for token, ids := range parseLog(t, stdout[:len(stdout)-1]).ids {
				delete(ids, "-")
				assert.Len(t, ids, 1, token)
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
	offending := regexp.MustCompile(`^ *(\d+): \S+ +goroutine \d+ +deliver(ed)?   <- \S+ is request (\d+)$`)
	for _, l := range stderr[1:] {
		m := offending.FindStringSubmatch(l)
		require.NotNil(t, m, l)
		assert.NotEqual(t, m[1], m[3])
	}
}

func TestCommandLinesThatMakeNoSense(t *testing.T) {
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
