package alsfield_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
)

// single is a carrier that has one value a name, as a message header or a map.
type single map[string]string

func (c single) Get(name string) string { return c[name] }
func (c single) Set(name, value string) { c[name] = value }

// A Level and an Addr are what Text is for.
var _ = []*alsfield.Field{
	alsfield.Text("level", new(als.Storage[slog.Level])),
	alsfield.Text("addr", new(als.Storage[netip.Addr])),
}

func TestAStoreTravels(t *testing.T) {
	var (
		id    als.Storage[string]
		shard als.Storage[int8]
		level als.Storage[slog.Level]
	)
	set := alsfield.NewSet(alsfield.String("X-Request-Id", &id), alsfield.Int("Shard", &shard), alsfield.Text("level", &level))
	require.Len(t, set.Fields(), 3)
	assert.Equal(t, "Shard", set.Fields()[1].Name())

	header := http.Header{}
	id.Run("r 42", func() {
		shard.Run(-7, func() {
			level.Run(slog.LevelDebug, func() { set.Inject(header) })
		})
	})
	assert.Equal(t, http.Header{"X-Request-Id": {"r 42"}, "Shard": {"-7"}, "Level": {"DEBUG"}}, header)

	ran := 0
	set.Run(header, alsfield.Trusted, func() {
		ran++
		assert.Equal(t, "r 42", id.Get())
		assert.Equal(t, int8(-7), shard.Get())
		assert.Equal(t, slog.LevelDebug, level.Get())
	})
	assert.Equal(t, 1, ran)
	_, ok := id.GetStore()
	assert.False(t, ok, "Run has ended")
	assert.Zero(t, set.Drops("x-request-id"))
}

func TestAbsentAndEmptyStoresDoNotTravel(t *testing.T) {
	var a, b als.Storage[string]
	set := alsfield.NewSet(alsfield.String("a", &a), alsfield.String("b", &b))
	c := single{}
	a.Run("", func() { set.Inject(c) })
	assert.Empty(t, c, "no store, and an empty one")

	a.Run("outer", func() {
		set.Run(single{"b": "x"}, alsfield.Trusted, func() {
			assert.Equal(t, "outer", a.Get(), "the carrier has no a")
			assert.Equal(t, "x", b.Get())
		})
	})
	assert.Zero(t, set.Drops("a"))
}

func TestAnExplicitValueWins(t *testing.T) {
	var a als.Storage[string]
	set := alsfield.NewSet(alsfield.String("a", &a))
	c := single{"a": "explicit"}
	a.Run("ambient", func() { set.Inject(c) })
	assert.Equal(t, "explicit", c["a"])
}

func TestDropped(t *testing.T) {
	odd := errors.New("odd")
	digits := func(b byte) bool { return '0' <= b && b <= '9' }
	for name, test := range map[string]struct {
		values []string
		from   alsfield.Sender
		opts   []alsfield.Option
		want   alsfield.Drops
	}{
		"of a stranger":          {[]string{"2"}, alsfield.Stranger, nil, alsfield.Drops{Stranger: 1}},
		"twice of a stranger":    {[]string{"2", "2"}, alsfield.Stranger, nil, alsfield.Drops{Stranger: 1}},
		"accepted of a stranger": {[]string{"2"}, alsfield.Stranger, []alsfield.Option{alsfield.FromStrangers()}, alsfield.Drops{}},
		"twice":                  {[]string{"2", "2"}, alsfield.Trusted, nil, alsfield.Drops{Repeated: 1}},
		"too long":               {[]string{strings.Repeat("2", 257)}, alsfield.Trusted, nil, alsfield.Drops{Oversized: 1}},
		"as long as it may be":   {[]string{strings.Repeat("2", 256)}, alsfield.Trusted, nil, alsfield.Drops{}},
		"a limit of its own":     {[]string{"1234"}, alsfield.Trusted, []alsfield.Option{alsfield.MaxBytes(3)}, alsfield.Drops{Oversized: 1}},
		"a line break":           {[]string{"2\r\nX-Admin: 2"}, alsfield.Trusted, nil, alsfield.Drops{Malformed: 1}},
		"a zero byte":            {[]string{"2\x002"}, alsfield.Trusted, nil, alsfield.Drops{Malformed: 1}},
		"no ASCII":               {[]string{"zwölf"}, alsfield.Trusted, nil, alsfield.Drops{Malformed: 1}},
		"a space at the end":     {[]string{"2 "}, alsfield.Trusted, nil, alsfield.Drops{Malformed: 1}},
		"characters of its own":  {[]string{"2b"}, alsfield.Trusted, []alsfield.Option{alsfield.Bytes(digits)}, alsfield.Drops{Malformed: 1}},
		"always a line break":    {[]string{"2\n2"}, alsfield.Trusted, []alsfield.Option{alsfield.Bytes(func(byte) bool { return true })}, alsfield.Drops{Malformed: 1}},
		"refused by parse":       {[]string{"odd"}, alsfield.Trusted, nil, alsfield.Drops{Malformed: 1}},
		"empty is none":          {[]string{""}, alsfield.Trusted, nil, alsfield.Drops{}},
		"none":                   {nil, alsfield.Stranger, nil, alsfield.Drops{}},
		"empty of a stranger":    {[]string{""}, alsfield.Stranger, nil, alsfield.Drops{}},
		"an empty one beside":    {[]string{"", "2"}, alsfield.Trusted, nil, alsfield.Drops{Repeated: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var a, beside als.Storage[string]
			parse := func(value string) (string, error) {
				if value == "odd" {
					return "", odd
				}
				return value, nil
			}
			same := func(store string) string { return store }
			set := alsfield.NewSet(
				alsfield.New("X-A", &a, same, parse, test.opts...),
				alsfield.String("X-Beside", &beside, alsfield.FromStrangers()))
			header := http.Header{"X-Beside": {"there"}}
			if test.values != nil {
				header["X-A"] = test.values
			}
			ran := false
			set.Run(header, test.from, func() {
				ran = true
				store, ok := a.GetStore()
				accepted := test.want == alsfield.Drops{} && len(test.values) > 0 && test.values[0] != ""
				assert.Equal(t, accepted, ok, "store %q", store)
				assert.Equal(t, "there", beside.Get(), "other fields are read as usual")
			})
			assert.True(t, ran)
			assert.Equal(t, test.want, set.Drops("x-a"))
		})
	}
}

func TestAStoreBeyondItsLimitsIsNotSent(t *testing.T) {
	var a als.Storage[string]
	set := alsfield.NewSet(alsfield.String("a", &a, alsfield.MaxBytes(4)))
	for _, store := range []string{"12345", "1\n2"} {
		c := single{}
		a.Run(store, func() { set.Inject(c) })
		assert.Empty(t, c, "%q", store)
	}
	assert.Equal(t, alsfield.Drops{Oversized: 1, Malformed: 1}, set.Drops("a"))
	assert.Zero(t, set.Drops("b"), "no such field")
}

func TestIntsThatDoNotFit(t *testing.T) {
	var a als.Storage[int8]
	set := alsfield.NewSet(alsfield.Int("a", &a))
	for _, value := range []string{"128", "-129", "1e3", "0x1", "9999999999999999999999", "+"} {
		set.Run(single{"a": value}, alsfield.Trusted, func() {
			_, ok := a.GetStore()
			assert.False(t, ok, value)
		})
	}
	assert.Equal(t, alsfield.Drops{Malformed: 6}, set.Drops("a"))
}

func TestAFieldInTwoSetsCountsOnce(t *testing.T) {
	var a als.Storage[string]
	f := alsfield.String("a", &a)
	one, two := alsfield.NewSet(f), alsfield.NewSet(f)
	one.Run(single{"a": "x"}, alsfield.Stranger, func() {})
	assert.Equal(t, alsfield.Drops{Stranger: 1}, two.Drops("a"))
}

func TestAReceivedMessageRunsMoreThanOnce(t *testing.T) {
	var a, b als.Storage[string]
	set := alsfield.NewSet(alsfield.String("a", &a), alsfield.String("b", &b))
	received := set.Receive(single{"a": "x", "b": "y"}, alsfield.Trusted)
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			received.Run(func() { assert.Equal(t, "xy", a.Get()+b.Get()) })
		}()
	}
	all.Wait()
	ran := false
	alsfield.Received{}.Run(func() { ran = true })
	assert.True(t, ran)
}

func TestPanicsPass(t *testing.T) {
	var a als.Storage[string]
	set := alsfield.NewSet(alsfield.String("a", &a))
	assert.PanicsWithValue(t, "mine", func() {
		set.Run(single{"a": "x"}, alsfield.Trusted, func() { panic("mine") })
	})
	_, ok := a.GetStore()
	assert.False(t, ok)
}

func TestConcurrentUse(t *testing.T) {
	var a als.Storage[int]
	set := alsfield.NewSet(alsfield.Int("a", &a))
	const goroutines, each = 8, 200
	var all sync.WaitGroup
	for g := range goroutines {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range each {
				c := single{}
				a.Run(g*each+i, func() { set.Inject(c) })
				set.Run(c, alsfield.Trusted, func() {
					if got := a.Get(); got != g*each+i {
						t.Errorf("got %d, want %d", got, g*each+i)
					}
				})
				set.Run(c, alsfield.Stranger, func() {})
			}
		}()
	}
	all.Wait()
	assert.Equal(t, alsfield.Drops{Stranger: goroutines * each}, set.Drops("a"))
}

func TestMisuse(t *testing.T) {
	var a als.Storage[string]
	same := func(store string) string { return store }
	parse := func(value string) (string, error) { return value, nil }
	name := "alsfield: String: name is not made of letters, digits, '-', '_' and '.', or ends in -bin"
	for _, bad := range []string{"", "a b", "a:b", "ä", "x\n", "trace-bin", "-bin"} {
		assert.PanicsWithValue(t, name, func() { alsfield.String(bad, &a) }, bad)
	}
	assert.PanicsWithValue(t, "alsfield: String: s is nil", func() { alsfield.String[string]("a", nil) })
	assert.PanicsWithValue(t, "alsfield: Int: s is nil", func() { alsfield.Int[int]("a", nil) })
	assert.PanicsWithValue(t, "alsfield: Text: s is nil", func() { alsfield.Text[slog.Level]("a", nil) })
	assert.PanicsWithValue(t, "alsfield: New: s is nil", func() { alsfield.New("a", nil, same, parse) })
	assert.PanicsWithValue(t, "alsfield: String: an option is nil", func() { alsfield.String("a", &a, nil) })
	assert.PanicsWithValue(t, "alsfield: New: format is nil", func() { alsfield.New("a", &a, nil, parse) })
	assert.PanicsWithValue(t, "alsfield: New: parse is nil", func() { alsfield.New("a", &a, same, nil) })
	assert.PanicsWithValue(t, "alsfield: MaxBytes: n is not positive", func() { alsfield.MaxBytes(0) })
	assert.PanicsWithValue(t, "alsfield: Bytes: allowed is nil", func() { alsfield.Bytes(nil) })
	assert.PanicsWithValue(t, "alsfield: NewSet: a field is nil", func() { alsfield.NewSet(nil) })
	assert.PanicsWithValue(t, "alsfield: NewSet: two fields have the same name", func() {
		alsfield.NewSet(alsfield.String("X-A", &a), alsfield.String("x-a", &a))
	})
	assert.PanicsWithValue(t, "alsfield: Received.Run: fn is nil", func() { alsfield.Received{}.Run(nil) })
	for _, set := range []*alsfield.Set{alsfield.NewSet(), alsfield.NewSet(alsfield.String("a", &a))} {
		assert.PanicsWithValue(t, "alsfield: Set.Inject: c is nil", func() { set.Inject(nil) })
		assert.PanicsWithValue(t, "alsfield: Set.Receive: c is nil", func() { set.Receive(nil, alsfield.Trusted) })
		assert.PanicsWithValue(t, "alsfield: Set.Run: c is nil", func() { set.Run(nil, alsfield.Trusted, func() {}) })
	}
	assert.PanicsWithValue(t, "alsfield: Set.Run: fn is nil", func() { alsfield.NewSet().Run(single{}, alsfield.Trusted, nil) })
}

// FuzzReceive checks for any carrier that fn runs once, that the stores in it are within
// the limits, and that they are sent on as received.
func FuzzReceive(f *testing.F) {
	f.Add("r-42", "7", "INFO", uint8(1), true)
	f.Add("a\r\nb", "-", "DEBUG+3", uint8(2), false)
	f.Add(strings.Repeat("x", 300), "99999999999999999999", "\x00", uint8(0), true)
	f.Fuzz(func(t *testing.T, id, n, level string, times uint8, trusted bool) {
		var (
			ids    als.Storage[string]
			ns     als.Storage[int16]
			levels als.Storage[slog.Level]
		)
		set := alsfield.NewSet(
			alsfield.String("id", &ids, alsfield.MaxBytes(64), alsfield.FromStrangers()),
			alsfield.Int("n", &ns), alsfield.Text("level", &levels))
		header := http.Header{}
		for range times % 3 {
			header.Add("id", id)
			header.Add("n", n)
		}
		header.Add("level", level)
		ran := 0
		set.Run(header, alsfield.Sender(trusted), func() {
			ran++
			sent := http.Header{}
			set.Inject(sent)
			if got, ok := ids.GetStore(); ok {
				require.Equal(t, id, got)
				require.LessOrEqual(t, len(got), 64)
				require.NotContains(t, got, "\n")
				require.Equal(t, []string{id}, sent.Values("id"))
				require.EqualValues(t, 1, times%3)
			}
			_, hasN := ns.GetStore()
			_, hasLevel := levels.GetStore()
			require.False(t, !trusted && (hasN || hasLevel), "a stranger's")
		})
		require.Equal(t, 1, ran)
	})
}
