package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// The test binary is also the three processes.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := serve(role); err != nil {
			os.Stderr.WriteString(role + ": " + err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestShop(t *testing.T) {
	var out bytes.Buffer
	picture := t.TempDir() + "/trace.svg"
	require.NoError(t, run(options{requests: 300, clients: 16, picture: picture}, &out), out.String())
	text := out.String()
	assert.Contains(t, text, "300 requests from 16 clients")
	assert.Contains(t, text, "900 log lines, 2700 spans: 0 wrong, 0 missing, 0 foreign values\n")
	for l := range strings.Lines(want) {
		assert.Contains(t, text, "  "+l)
	}
	svg, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Equal(t, 9, bytes.Count(svg, []byte("<rect x=")))
}

// The check must be able to fail.
func TestCheck(t *testing.T) {
	id := func(n byte) (id pcommon.SpanID) { id[0] = n; return id }
	right := func() (map[string]answer, []line, map[string][]span) {
		a := answer{Request: "r-7", User: "user-7", Trace: "t", Price: 100}
		var log []line
		for message, process := range messages {
			log = append(log, line{Message: message, Order: "7", Request: a.Request, User: a.User, Trace: a.Trace, process: process})
		}
		return map[string]answer{"7": a}, log, map[string][]span{"t": {
			{id(1), id(0), "front", "order"}, {id(2), id(1), "front", "announce"}, {id(3), id(2), "mail", "consume"},
			{id(4), id(3), "mail", "deliver"}, {id(5), id(1), "front", "price"}, {id(6), id(5), "front", "shop.Stock/Price"},
			{id(7), id(6), "stock", "shop.Stock/Price"}, {id(8), id(7), "stock", "look up"}, {id(9), id(8), "stock", "sql.conn.query"},
		}}
	}
	v := check(right())
	require.True(t, v.ok(), v.first)
	assert.Equal(t, 9, v.spans)

	for name, spoil := range map[string]func(a map[string]answer, log []line, traces map[string][]span) []line{
		"another request in a log line": func(_ map[string]answer, log []line, _ map[string][]span) []line {
			log[1].Request = "r-8"
			return log
		},
		"no user in a log line": func(_ map[string]answer, log []line, _ map[string][]span) []line { log[0].User = ""; return log },
		"a line is missing":     func(_ map[string]answer, log []line, _ map[string][]span) []line { return log[1:] },
		"a line too many": func(_ map[string]answer, log []line, _ map[string][]span) []line {
			return append(log, log[0])
		},
		"a line of no request": func(_ map[string]answer, log []line, _ map[string][]span) []line {
			return append(log, line{Message: "panic", process: "mail"})
		},
		"a stranger's user": func(a map[string]answer, log []line, _ map[string][]span) []line {
			x := a["7"]
			x.User = "somebody else"
			a["7"] = x
			return log
		},
		"a wrong parent": func(_ map[string]answer, log []line, traces map[string][]span) []line {
			traces["t"][8].parent = id(5)
			return log
		},
		"a span is missing": func(_ map[string]answer, log []line, traces map[string][]span) []line {
			traces["t"] = traces["t"][1:]
			return log
		},
		"a trace of its own": func(_ map[string]answer, log []line, traces map[string][]span) []line {
			traces["u"] = traces["t"][:1]
			return log
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, log, traces := right()
			log = spoil(a, log, traces)
			v := check(a, log, traces)
			assert.False(t, v.ok())
			assert.NotEmpty(t, v.first)
		})
	}
}
