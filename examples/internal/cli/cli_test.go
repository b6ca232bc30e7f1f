package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMain_ExitStatuses(t *testing.T) {
	for _, c := range []struct {
		args           string
		problems       []string
		err            error
		code           int
		stdout, stderr string
	}{
		{"", nil, nil, 0, "prog: it runs\nran with 3\n", ""},
		{"-n 4", nil, nil, 0, "prog: it runs\nran with 4\n", ""},
		{"", []string{"a", "b"}, nil, 1, "prog: it runs\nran with 3\n", "prog: problems: 2:\na\nb\n"},
		{"", nil, errors.New("no disk"), 1, "prog: it runs\nran with 3\n", "prog: no disk\n"},
		{"", []string{"a"}, errors.New("no disk"), 1, "prog: it runs\nran with 3\n", "prog: no disk\n"},
		{"-n 6", nil, nil, 2, "", "prog: -n is 6, must be 1 to 5 (-h shows the flags)\n"},
		{"-n x", nil, nil, 2, "", "prog: invalid value \"x\" for flag -n: parse error (-h shows the flags)\n"},
		{"now", nil, nil, 2, "", "prog: unexpected argument \"now\" (-h shows the flags)\n"},
		{"-h", nil, nil, 0, "usage: prog [flags]\n  -n int\n    \thow many (default 3)\n", ""},
	} {
		t.Run(fmt.Sprint(c.args, c.problems, c.err), func(t *testing.T) {
			var n int
			p := Program{
				Name:  "prog",
				Shows: "it runs",
				Flags: func(f *flag.FlagSet) { f.IntVar(&n, "n", 3, "how many") },
				Check: func() error { return InRange("n", n, 1, 5) },
				Run: func(out io.Writer) ([]string, error) {
					fmt.Fprintln(out, "ran with", n)
					return c.problems, c.err
				},
			}
			var stdout, stderr bytes.Buffer
			assert.Equal(t, c.code, p.Main(strings.Fields(c.args), &stdout, &stderr))
			assert.Equal(t, c.stdout, stdout.String())
			assert.Equal(t, c.stderr, stderr.String())
		})
	}
}

func TestProblemsAreListedUpToALimit(t *testing.T) {
	assert.NoError(t, AsError(nil))
	err := AsError(strings.Split(strings.Repeat("x", MaxShown+1), ""))
	assert.EqualError(t, err, "problems: 21, of which the first 20:"+strings.Repeat("\nx", MaxShown))
	assert.Equal(t, "fine", Verdict(nil, "fine"))
	assert.Equal(t, "2 PROBLEMS", Verdict([]string{"a", "b"}, "fine"))
}
