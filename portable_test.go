package goroutine

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseHeaderReadsOnlyWholeNumbers(t *testing.T) {
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
		id, ok := parseHeader([]byte(text))
		assert.Equal(t, want.id, id, "%q", text)
		assert.Equal(t, want.ok, ok, "%q", text)
	}
}

func TestParseHeadersReadsOnlyStartsOfLines(t *testing.T) {
	text := `goroutine 7 [running]:
goroutine.f(0x1)
	/src/goroutine 8 [running]:
created by goroutine 9 in goroutine 10
	/src/f.go:1

goroutine 11 [coroutine]:
[originating from goroutine 12]:

goroutine 13 [select]:`
	assert.Equal(t, map[uint64]struct{}{7: {}, 11: {}, 13: {}}, parseHeaders([]byte(text)))
	assert.Empty(t, parseHeaders(nil))
	assert.Empty(t, parseHeaders([]byte("goroutine 1")))
}

func FuzzParseHeadersAgreesWithARegexp(f *testing.F) {
	f.Add([]byte("goroutine 1 [running]:\nmain.main()\n\ngoroutine 18446744073709551615 [idle]:\n"))
	f.Add([]byte("goroutine 18446744073709551616 [idle]:\n goroutine 3 \ngoroutine 4"))
	f.Add([]byte("goroutine \ngoroutine  1 \r\ngoroutine\x001 "))
	header := regexp.MustCompile(`(?m)^goroutine ([0-9]+) `)
	f.Fuzz(func(t *testing.T, text []byte) {
		want := make(map[uint64]struct{})
		for _, m := range header.FindAllSubmatch(text, -1) {
			if id, err := strconv.ParseUint(string(m[1]), 10, 64); err == nil {
				want[id] = struct{}{}
			}
		}
		before := slices.Clone(text)
		assert.Equal(t, want, parseHeaders(text))
		assert.Equal(t, before, text, "parsing must not write")
	})
}
