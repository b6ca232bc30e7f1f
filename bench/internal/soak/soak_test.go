package soak

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
)

func soak(t *testing.T, subjects []subject) (r Result, log string) {
	t.Helper()
	var text strings.Builder
	d := 2 * time.Second
	if testing.Short() {
		d = time.Second / 2
	}
	r, err := run(Config{For: d, Seed: 1, Log: &text}, subjects)
	require.NoError(t, err)
	assert.Positive(t, r.Operations)
	return r, text.String()
}

func TestSoakFindsNothing(t *testing.T) {
	r, log := soak(t, newSubjects())
	t.Logf("%+v", r)
	assert.NoError(t, r.Err(), log)
	assert.Positive(t, r.Goroutines)
	assert.Positive(t, r.Requests)
	assert.Positive(t, r.Events)
}

// A faulty subject is a storage of which each 200th read is wrong.
type faulty struct {
	subject
	entering
	read func(id uint64, ok bool, now bool) (uint64, bool)

	mu    sync.Mutex
	reads int
}

func (f *faulty) get() (uint64, bool) {
	id, ok := f.subject.get()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	return f.read(id, ok, f.reads%200 == 0)
}

// with adds a faulty subject to the correct ones.
func with(read func(id uint64, ok, now bool) (uint64, bool)) []subject {
	s := number(als.Options[uint64]{Name: "faulty"})
	return append(newSubjects(), &faulty{subject: s, entering: s.(entering), read: read})
}

func TestSoakFindsTheStoreOfAnotherGoroutine(t *testing.T) {
	var seen uint64
	r, log := soak(t, with(func(id uint64, ok, now bool) (uint64, bool) {
		if now && seen != 0 {
			id, seen = seen, id
			return id, true
		}
		if ok {
			seen = id
		}
		return id, ok
	}))
	assert.Positive(t, r.WrongReads)
	assert.ErrorContains(t, r.Err(), "wrong reads")
	assert.Contains(t, log, ": faulty: found store ")
	assert.Equal(t, strings.Count(log, "\n"), strings.Count(log, ": faulty: "), "the other storages have no fault")
}

func TestSoakFindsALostStore(t *testing.T) {
	r, log := soak(t, with(func(id uint64, ok, now bool) (uint64, bool) {
		if now {
			return 0, false
		}
		return id, ok
	}))
	assert.Positive(t, r.LostStores)
	assert.ErrorContains(t, r.Err(), "lost stores")
	assert.Contains(t, log, "faulty: found no store, want store ")
}

func TestSoakFindsALeak(t *testing.T) {
	var kept [][]byte
	r, _ := soak(t, with(func(id uint64, ok, now bool) (uint64, bool) {
		if now && len(kept) < 2000 { // so many that some come after the warm-up
			kept = append(kept, make([]byte, MostBytesLeft+1))
		}
		return id, ok
	}))
	assert.Greater(t, r.BytesLeft, int64(MostBytesLeft))
	assert.ErrorContains(t, r.Err(), "bytes left above the start")
	assert.NotEmpty(t, kept)
}

// A read during the end of a store may find either; a read after it finds none.
func TestVerdicts(t *testing.T) {
	w := &world{disablers: make([]disabler, 1)}
	s := number(als.Options[uint64]{}).(entering)
	nothing := func() {}
	assert.Equal(t, absent, w.judge(0, nil, nothing))

	g := w.put(0, 1, nothing)
	assert.Equal(t, present, w.judge(0, g, nothing))
	assert.Equal(t, either, w.judge(0, g, func() { w.disablers[0].disable(s) }))
	assert.Equal(t, absent, w.judge(0, g, nothing))

	g = w.put(0, 2, nothing)
	g.life = new(life)
	assert.Equal(t, present, w.judge(0, g, nothing))
	assert.Equal(t, either, w.judge(0, g, g.life.begin))
	assert.Equal(t, either, w.judge(0, g, g.life.end))
	assert.Equal(t, absent, w.judge(0, g, nothing))
}

func TestPrintAndParse(t *testing.T) {
	want := Result{Seconds: 1, Operations: 2, BytesLeft: -3}
	var text strings.Builder
	require.NoError(t, want.Print(&text, "plain."))
	assert.Contains(t, text.String(), "plain.bytes_left=-3\n")
	got, err := Parse("seed=1\n"+text.String()+"operations=7\n", "plain.")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, int64(4), got.Add(want).Operations)
	_, err = Parse(text.String(), "inherit.")
	assert.EqualError(t, err, "no line inherit.seconds=")
}
