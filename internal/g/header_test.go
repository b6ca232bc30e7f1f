package g

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCutIDReadsOnlyWholeNumbers(t *testing.T) {
	for text, want := range map[string]struct {
		id uint64
		ok bool
	}{
		"goroutine 1 [running]:":                      {1, true},
		"goroutine 17 [running, locked to thread]:":   {17, true},
		"goroutine 18 gp=0xc00 m=3 mp=0xc01 [idle]:":  {18, true},
		"goroutine 19 [select, synctest bubble 4]:\n": {19, true},
		"goroutine 0 [idle]:":                         {0, true},
		"goroutine 007 [running]:":                    {7, true},
		"goroutine 18446744073709551615 [running]:":   {math.MaxUint64, true},
		"goroutine 18446744073709551616 [running]:":   {},
		"goroutine 99999999999999999999999 [running]": {},
		"goroutine 12":            {}, // cut off: it may have been 123
		"12 [running]:":           {},
		"goroutine 12[running]:":  {},
		"goroutine ":              {},
		"goroutine  ":             {},
		"goroutine":               {},
		"goroutine\t1 [running]:": {},
		"goroutine -1 [running]:": {},
		"goroutine +1 [running]:": {},
		"goroutine 1_0 [running]": {},
		"goroutine 0x1 [running]": {},
		"goroutine ١ [running]:":  {},
		"goroutine x [running]:":  {},
		"goroutine.f(0x1 0x2)":    {},
		"Goroutine 1 [running]:":  {},
		" goroutine 1 [running]:": {},
		"\ngoroutine 1 [running]": {},
		"\x00\xff":                {},
		"":                        {},
	} {
		id, _, ok := cutID([]byte(text))
		assert.Equal(t, want.ok, ok, "%q", text)
		if ok {
			assert.Equal(t, want.id, id, "%q", text)
			assert.Equal(t, want.id, IDIn([]byte(text)))
		} else {
			assert.Zero(t, IDIn([]byte(text)))
		}
	}
}

func TestHeaders(t *testing.T) {
	for line, state := range map[string]string{
		"goroutine 7 [running]:":                                                        "running",
		"goroutine 7 [running, locked to thread]:":                                      "running, locked to thread",
		"goroutine 7 [running, synctest bubble 1]:":                                     "running, synctest bubble 1",
		"goroutine 7 [chan receive (nil chan), 3 minutes]:":                             "chan receive (nil chan), 3 minutes",
		"goroutine 7 gp=0xc000002380 m=0 mp=0x6e5f40 [running]:":                        "running",
		"goroutine 7 gp=0xc000002380 m=nil [GC worker (idle)]:":                         "GC worker (idle)",
		`goroutine 7 [select labels:{"key": "value"}]:`:                                 "select",
		`goroutine 7 [select, 2 minutes labels:{"a]:": "b", "goroutine 8 [": "}"}]:`:    "select, 2 minutes",
		`goroutine 7 [select] {key: value}:`:                                            "select",
		`goroutine 7 gp=0x1 m=nil [select (durable), synctest bubble 2] {"]:": "a b"}:`: "select (durable), synctest bubble 2",
	} {
		h, ok := parseHeader([]byte(line))
		assert.True(t, ok, line)
		assert.EqualValues(t, 7, h.id, line)
		assert.Equal(t, state, string(h.state), line)
	}
	for _, line := range []string{
		"", "goroutine 7", "goroutine 7 [running]", "goroutine 7 running:", "goroutine 7 [running:", "goroutine x [running]:",
		"[originating from goroutine 7]:", "created by main.main in goroutine 7",
	} {
		_, ok := parseHeader([]byte(line))
		assert.False(t, ok, line)
	}
}

// Only the first line of a part is a header.
func TestHeadersBeginParts(t *testing.T) {
	text := `goroutine 7 [running]:
goroutine.f(0x1)
	/src/goroutine 8 [running]:
goroutine 9 [running]:
created by goroutine 9 in goroutine 10
	/src/f.go:1

goroutine 11 [coroutine]:
[originating from goroutine 12]:

goroutine 13 [select]:
`
	var ids []uint64
	for h := range headers([]byte(text)) {
		ids = append(ids, h.id)
	}
	assert.Equal(t, []uint64{7, 11, 13}, ids)
	for range headers(nil) {
		t.Error("nothing has a header")
	}
}

// The headers of any text are those that a regexp finds, and parsing does not change it.
func FuzzHeadersAgreeWithARegexp(f *testing.F) {
	f.Add([]byte("goroutine 1 [running]:\nmain.main()\n\ngoroutine 18446744073709551615 [idle]:\n"))
	f.Add([]byte("goroutine 18446744073709551616 [idle]:\n\n goroutine 3 \n\ngoroutine 4"))
	f.Add([]byte("goroutine 1 [a labels:{\"]\": \"\"}]:\n\n\n\ngoroutine 2 gp=0x1 [b] {c: d}:"))
	header := regexp.MustCompile(`^goroutine ([0-9]+) [^\[\n]*\[([^\]\n]*)\][^\n]*:(\n|$)`)
	f.Fuzz(func(t *testing.T, text []byte) {
		type found struct {
			id    uint64
			state string
		}
		var want, got []found
		for _, part := range bytes.Split(text, []byte("\n\n")) {
			m := header.FindSubmatch(bytes.Trim(part, "\n"))
			if m == nil {
				continue
			}
			if id, err := strconv.ParseUint(string(m[1]), 10, 64); err == nil {
				state, _, _ := strings.Cut(string(m[2]), " labels:{")
				want = append(want, found{id, state})
			}
		}
		before := bytes.Clone(text)
		for s := range Stacks(text) {
			got = append(got, found{s.ID, s.State})
		}
		assert.Equal(t, want, got)
		assert.Equal(t, before, text, "parsing changed the text")
	})
}
