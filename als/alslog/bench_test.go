package alslog_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/stretchr/testify/assert"
)

// discard formats records and writes them nowhere.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// loggers log a line without a request ID, with one by hand, which is the baseline, and
// with one from a store.
func loggers(s *als.Storage[string], disabled bool) []struct {
	impl string
	log  func()
} {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if disabled {
		options.Level = slog.LevelError
	}
	h := slog.NewTextHandler(discard{}, options)
	plain, ours := slog.New(h), slog.New(alslog.New(h, alslog.Attr("request", s)))
	group := ours.WithGroup("g").With("a", 1)
	plainGroup := plain.WithGroup("g").With("a", 1)
	ctx := context.Background()
	return []struct {
		impl string
		log  func()
	}{
		{"impl=none", func() { plain.LogAttrs(ctx, slog.LevelInfo, "message", slog.Int("k", 1)) }},
		{"impl=explicit", func() {
			plain.LogAttrs(ctx, slog.LevelInfo, "message", slog.Int("k", 1), slog.String("request", s.Get()))
		}},
		{"impl=alslog", func() { ours.LogAttrs(ctx, slog.LevelInfo, "message", slog.Int("k", 1)) }},
		{"impl=none/group=open", func() { plainGroup.LogAttrs(ctx, slog.LevelInfo, "message", slog.Int("k", 1)) }},
		{"impl=alslog/group=open", func() { group.LogAttrs(ctx, slog.LevelInfo, "message", slog.Int("k", 1)) }},
	}
}

// BenchmarkLog is one line to a slog.TextHandler that discards it.
//
//	go test -run '^$' -bench Log ./als/alslog
func BenchmarkLog(b *testing.B) {
	var s als.Storage[string]
	for _, level := range []string{"level=enabled/", "level=disabled/"} {
		for _, l := range loggers(&s, level == "level=disabled/") {
			b.Run(level+l.impl, func(b *testing.B) {
				s.Run("0123456789", func() {
					b.ReportAllocs()
					for b.Loop() {
						l.log()
					}
				})
			})
		}
	}
}

// enabledCalls are calls of Enabled for a level that is not enabled: of a bare handler,
// which is the baseline, and of ours with Level, with and without a store.
func enabledCalls(level *als.Storage[slog.Level]) []struct {
	impl  string
	store bool
	call  func() bool
} {
	bare := slog.NewTextHandler(discard{}, nil)
	plain, ours := slog.New(bare), slog.New(alslog.New(bare, alslog.Level(level)))
	ambient := slog.New(alslog.New(bare, alslog.Ambient()))
	ctx := context.Background()
	return []struct {
		impl  string
		store bool
		call  func() bool
	}{
		{"impl=bare", false, func() bool { return plain.Enabled(ctx, slog.LevelDebug) }},
		{"impl=Level/store=none", false, func() bool { return ours.Enabled(ctx, slog.LevelDebug) }},
		{"impl=Level/store=set", true, func() bool { return ours.Enabled(ctx, slog.LevelDebug) }},
		{"impl=Ambient", false, func() bool { return ambient.Enabled(ctx, slog.LevelDebug) }},
	}
}

// BenchmarkEnabled measures a line whose level is not enabled.
//
//	go test -run '^$' -bench Enabled ./als/alslog
func BenchmarkEnabled(b *testing.B) {
	var level als.Storage[slog.Level]
	for _, c := range enabledCalls(&level) {
		b.Run(c.impl, func(b *testing.B) {
			b.ReportAllocs()
			loop := func() {
				for b.Loop() {
					c.call()
				}
			}
			if c.store {
				level.Run(slog.LevelInfo, loop)
			} else {
				loop()
			}
		})
	}
}

func TestEnabledAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	var level als.Storage[slog.Level]
	for _, c := range enabledCalls(&level) {
		level.Run(slog.LevelInfo, func() {
			assert.Zero(t, testing.AllocsPerRun(100, func() { c.call() }), c.impl)
		})
	}
}

func TestALineAllocatesNoMoreThanByHand(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	var s als.Storage[string]
	for _, disabled := range []bool{true, false} {
		for _, l := range loggers(&s, disabled) {
			want := 0.0
			if l.impl == "impl=alslog/group=open" && !disabled {
				want = 1 // the list of the attributes in the group
			}
			s.Run("store", func() { assert.Equal(t, want, testing.AllocsPerRun(100, l.log), l.impl) })
		}
	}
}
