package hooklog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/hooks"
)

func TestALogOfRealResources(t *testing.T) {
	var shown []string
	l := New(func(text string) { shown = append(shown, text) }, "outer", "inner")
	l.Start()
	outer, other := hooks.NewAsyncResource("outer"), hooks.NewAsyncResource("other")
	outer.RunInAsyncScope(func() {
		inner := hooks.NewAsyncResource("inner")
		inner.RunInAsyncScope(func() { assert.NoError(t, inner.EmitDestroy()) })
		other.RunInAsyncScope(func() {})
	})
	assert.NoError(t, outer.EmitDestroy())
	l.Stop()
	hooks.NewAsyncResource("outer")

	var got []string
	for _, e := range l.Events() {
		got = append(got, e.What+" "+e.Type)
	}
	assert.Equal(t, []string{"init outer", "before outer", "init inner", "before inner",
		"after inner", "destroy inner", "after outer", "destroy outer"}, got)
	assert.Equal(t, outer.AsyncID(), l.Events()[2].Trigger)
	assert.Empty(t, Unbalanced(l.Events()))
	assert.Len(t, shown, len(got))
}

func TestUnbalanced(t *testing.T) {
	// An event is i, b, a or d, the resource and, if it is not 7, the goroutine.
	parse := func(s string) (events []Event) {
		for _, f := range strings.Fields(s) {
			e := Event{ID: hooks.ID(f[1] - '0'), Type: "T", Goroutine: 7}
			e.What = map[byte]string{'i': "init", 'b': "before", 'a': "after", 'd': "destroy"}[f[0]]
			if len(f) > 2 {
				e.Goroutine = uint64(f[2] - '0')
			}
			events = append(events, e)
		}
		return events
	}
	for _, c := range []struct{ log, want string }{
		{"", ""},
		{"i2 b2 a2 d2", ""},
		{"i2 i3 b2 b3 a3 a2 d3 d2", ""},
		{"i2 b2 b2 a2 a2 d2", ""},
		{"i2 i3 b25 b36 a25 a36 d2 d3", ""}, // two goroutines need not be nested
		{"b2 a2 d2", "event 0, before   T 2   <- there was no init"},
		{"i2 i2 b2 a2 d2", "event 1, init     T 2, caused by 0   <- it is not the first"},
		{"i2 b2 a2 d2 d2", "event 4, destroy  T 2   <- it has been destroyed"},
		{"i2 b2 a2 d2 b2 a2", "event 4, before   T 2   <- it has been destroyed|event 5, after    T 2   <- it has been destroyed"},
		{"i2 d2", "T 2: nothing ran in it"},
		{"i2 b2 a2", "T 2: it was not destroyed"},
		{"i2 b2 d2 a2", "event 2, destroy  T 2   <- 1 functions run in it|event 3, after    T 2   <- it has been destroyed"},
		{"i2 b2 a2 b2 d2", "event 4, destroy  T 2   <- 1 functions run in it|T 2: 1 times before without after"},
		{"i2 i3 b2 b3 a2 a3 a2 d2 d3", "event 4, after    T 2   <- goroutine 7 is in [2 3]"},
		{"i2 b25 a26 a25 d2", "event 2, after    T 2   <- goroutine 6 is in []"},
	} {
		assert.Equal(t, c.want, strings.Join(Unbalanced(parse(c.log)), "|"), c.log)
	}
}
