package alslog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// text returns a handler that writes lines without a time and a level to b.
func text(b io.Writer) slog.Handler {
	return slog.NewTextHandler(b, &slog.HandlerOptions{
		Level:       slog.LevelDebug,
		ReplaceAttr: withoutTimeAndLevel,
	})
}

func withoutTimeAndLevel(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return a
}

func TestSlogtest(t *testing.T) {
	var s als.Storage[string]
	var level als.Storage[slog.Level]
	for _, around := range []func(func()){
		func(f func()) { f() },
		func(f func()) { s.Run("a store", f) },
		func(f func()) { als.RunContext(context.Background(), f) },
		func(f func()) { s.Run("a store", func() { level.Run(slog.LevelDebug, f) }) },
	} {
		var b bytes.Buffer
		around(func() {
			slogtest.Run(t, func(*testing.T) slog.Handler {
				b.Reset()
				return alslog.New(slog.NewJSONHandler(&b, nil), alslog.Attr("store", &s), alslog.Ambient(), alslog.Level(&level))
			}, func(t *testing.T) map[string]any {
				var m map[string]any
				require.NoError(t, json.Unmarshal(b.Bytes(), &m))
				if _, ok := s.GetStore(); ok {
					assert.Equal(t, "a store", m["store"])
				}
				return m
			})
		})
	}
}

func TestRecordsHaveTheStoresOfTheirGoroutine(t *testing.T) {
	var request als.Storage[string]
	var user als.Storage[int]
	var b bytes.Buffer
	l := slog.New(alslog.New(text(&b), alslog.Attr("request", &request), alslog.Attr("user", &user)))
	wants := func(want string, log func(string, ...any)) {
		t.Helper()
		b.Reset()
		log("m", "k", "v")
		assert.Equal(t, want+"\n", b.String())
	}
	wants("msg=m k=v", l.Info)
	request.Run("", func() {
		wants(`msg=m k=v request=""`, l.Debug)
		user.Run(7, func() { wants(`msg=m k=v request="" user=7`, l.Warn) })
		done := make(chan struct{})
		als.Go(func() { wants(`msg=m k=v request=""`, l.Error); close(done) })
		<-done
	})
	wants("msg=m k=v", l.Info)
}

func TestAttributesStandAtTheTopLevel(t *testing.T) {
	var s als.Storage[string]
	var b bytes.Buffer
	l := slog.New(alslog.New(text(&b), alslog.Attr("s", &s)))
	s.Run("store", func() {
		for want, log := range map[string]func(){
			"msg=m a=1 b=2 s=store":                     func() { l.With("a", 1).Info("m", "b", 2) },
			"msg=m a=1 g.b=2 s=store":                   func() { l.With("a", 1).WithGroup("g").Info("m", "b", 2) },
			"msg=m g.a=1 g.b=2 s=store":                 func() { l.WithGroup("g").With("a", 1).Info("m", "b", 2) },
			"msg=m a=1 g.b=2 g.h.c=3 g.h.d=4 s=store":   func() { l.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").With("c", 3).Info("m", "d", 4) },
			"msg=m g.a=1 g.h.i.b=2 s=store":             func() { l.WithGroup("g").With("a", 1).WithGroup("h").WithGroup("i").Info("m", "b", 2) },
			"msg=m s=store":                             func() { l.WithGroup("g").WithGroup("").With().Info("m") },
			"msg=m g.s=inner s=store":                   func() { l.WithGroup("g").Info("m", "s", "inner") },
			"msg=m g.s=inner g.a=1 s=store":             func() { l.WithGroup("g").With("s", "inner").Info("m", "a", 1) },
			"msg=m s=explicit":                          func() { l.Info("m", "s", "explicit") },
			"msg=m s=with a=1":                          func() { l.With("s", "with").Info("m", "a", 1) },
			"msg=m s=with g.a=1":                        func() { l.With("s", "with").WithGroup("g").Info("m", "a", 1) },
			"msg=m s=inline":                            func() { l.Info("m", slog.Group("", "s", "inline")) },
			"msg=m s.t=group":                           func() { l.WithGroup("s").Info("m", "t", "group") },
			"msg=m a=1 b=2 c=3 d=4 e=5 s=store":         func() { l.Info("m", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5) },
			"msg=m a=1 b=2 c=3 d=4 e=5 f=6 g=7 s=store": func() { l.Info("m", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6, "g", 7) },
		} {
			b.Reset()
			log()
			assert.Equal(t, want+"\n", b.String())
		}
	})
}

// numbered returns attributes a1=1 to a<n>=n.
func numbered(n int) (attrs []any) {
	for i := range n {
		attrs = append(attrs, slog.Int(fmt.Sprint("a", i+1), i+1))
	}
	return attrs
}

// Loggers that derive from one another do not overwrite each other's attributes, whatever
// the capacity of the list that they share.
func TestLoggersOfOneOrigin(t *testing.T) {
	var s als.Storage[string]
	for n := range 30 {
		var b bytes.Buffer
		l := slog.New(alslog.New(text(&b), alslog.Attr("s", &s))).WithGroup("g").With(numbered(n)...)
		one, two := l.With("b", 1), l.With("c", 2)
		inner := one.WithGroup("h")
		s.Run("x", func() {
			one.Info("m")
			two.Info("m")
			inner.Info("m", "d", 3)
			l.Info("m", "e", 4)
		})
		var all string
		for i := range n {
			all += fmt.Sprintf("g.a%d=%d ", i+1, i+1)
		}
		assert.Equal(t, `msg=m g.b=1 s=x
msg=m g.c=2 s=x
msg=m g.b=1 g.h.d=3 s=x
msg=m g.e=4 s=x
`, strings.ReplaceAll(b.String(), all, ""))
	}
}

// A record may have been copied. The copies must not get the attributes.
func TestACopyOfTheRecordStays(t *testing.T) {
	var s als.Storage[string]
	for n := range 30 {
		var b bytes.Buffer
		h := alslog.New(text(&b), alslog.Attr("s", &s))
		r := slog.NewRecord(time.Time{}, slog.LevelInfo, "m", 0)
		for _, a := range numbered(n) {
			r.Add(a)
		}
		for _, store := range []string{"one", "two"} {
			s.Run(store, func() { require.NoError(t, h.Handle(context.Background(), r)) })
		}
		require.Equal(t, n, r.NumAttrs())
		lines := strings.Split(b.String(), "\n")
		require.Equal(t, strings.Replace(lines[0], "s=one", "s=two", 1), lines[1])
		require.NotContains(t, lines[1], "BUG")
	}
}

func TestValuesOfAllKinds(t *testing.T) {
	one[string](t, "text", "s", slog.KindString)
	one(t, "-1", -1, slog.KindInt64)
	one(t, "-2", int64(-2), slog.KindInt64)
	one(t, "3", uint64(3), slog.KindUint64)
	one(t, "1.5", 1.5, slog.KindFloat64)
	one(t, "true", true, slog.KindBool)
	one(t, "1s", time.Second, slog.KindDuration)
	one(t, "2026-01-02T00:00:00.000Z", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), slog.KindTime)
	one(t, "[1]", []int{1}, slog.KindAny)
	one(t, "resolved", secret{}, slog.KindLogValuer)
	one[error](t, "no", errors.New("no"), slog.KindAny)
	one[any](t, "<nil>", nil, slog.KindAny)
}

type secret struct{}

func (secret) LogValue() slog.Value { return slog.StringValue("resolved") }

// one logs a store and checks how it is written and of which kind its value was.
func one[T any](t *testing.T, want string, store T, kind slog.Kind) {
	t.Helper()
	if w, ok := any(store).(string); ok {
		want = w
	}
	var s als.Storage[T]
	var b bytes.Buffer
	spy := &spy{Handler: text(&b)}
	s.Run(store, func() { slog.New(alslog.New(spy, alslog.Attr("s", &s))).Info("m") })
	assert.Equal(t, "msg=m s="+want+"\n", b.String())
	assert.Equal(t, kind, spy.kind)
}

type spy struct {
	slog.Handler
	kind slog.Kind
}

func (s *spy) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool { s.kind = a.Value.Kind(); return true })
	return s.Handler.Handle(ctx, r)
}

func TestOnlyLoggedValuesAreComputed(t *testing.T) {
	var s als.Storage[int]
	computed := 0
	h := alslog.New(slog.NewTextHandler(io.Discard, nil), alslog.AttrFunc("double", &s, func(i int) slog.Value {
		computed++
		return slog.IntValue(2 * i)
	}))
	l := slog.New(h)
	l.Info("no store")
	s.Run(1, func() {
		l.Debug("not enabled")
		l.Info("explicit", "double", 3)
		l.With("double", 3).Info("explicit")
		assert.Zero(t, computed)
		l.Info("logged")
		assert.Equal(t, 1, computed)
	})
	assert.False(t, h.Enabled(context.Background(), slog.LevelDebug))
}

func TestErrorsAndContextsAreNotTouched(t *testing.T) {
	type key struct{}
	h := alslog.New(failing{t, key{}})
	ctx := context.WithValue(context.Background(), key{}, 1)
	assert.ErrorIs(t, h.Handle(ctx, slog.Record{}), assert.AnError)
	assert.True(t, h.Enabled(ctx, 0))
}

type failing struct {
	*testing.T
	key any
}

func (f failing) Enabled(ctx context.Context, _ slog.Level) bool { return ctx.Value(f.key) == 1 }
func (f failing) Handle(ctx context.Context, _ slog.Record) error {
	assert.Equal(f, 1, ctx.Value(f.key))
	return assert.AnError
}
func (f failing) WithAttrs([]slog.Attr) slog.Handler { return f }
func (f failing) WithGroup(string) slog.Handler      { return f }

// With one handler, many loggers and many requests, every line has the ID of its request.
func TestManyAtOnce(t *testing.T) {
	var id als.Storage[int]
	var b bytes.Buffer
	l := slog.New(alslog.New(text(&b), alslog.Attr("id", &id)))
	// With 13 attributes there is room for one more behind them, which all loggers share.
	shared := l.WithGroup("o").With(numbered(13)...).WithGroup("g")
	var all sync.WaitGroup
	for i := range 50 {
		all.Add(1)
		go id.Run(i, func() {
			defer all.Done()
			mine := l.WithGroup("g").With("want", i)
			for range 20 {
				mine.Info("m")
				shared.Info("m", "want", i)
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	assert.Len(t, lines, 50*20*2)
	for _, line := range lines {
		m := regexp.MustCompile(`^msg=m .*g\.want=(\d+) id=(\d+)$`).FindStringSubmatch(line)
		require.NotNil(t, m, line)
		require.Equal(t, m[1], m[2])
	}
}

// Package log writes through the default logger once that has been set.
func TestThePackageLog(t *testing.T) {
	var s als.Storage[string]
	var b bytes.Buffer
	was := slog.Default()
	defer slog.SetDefault(was)
	defer log.SetOutput(log.Writer())
	defer log.SetFlags(log.Flags())
	slog.SetDefault(slog.New(alslog.New(text(&b), alslog.Attr("s", &s))))
	s.Run("store", func() { log.Print("old") })
	assert.Equal(t, "msg=old s=store\n", b.String())
}

func TestMisuse(t *testing.T) {
	var s als.Storage[string]
	var level als.Storage[slog.Level]
	var noStore *alshttp.Store[string]
	var noStorage *als.Storage[string]
	a := alslog.Attr("a", &s)
	for want, f := range map[string]func(){
		"alslog: New: next is nil":                                      func() { alslog.New(nil) },
		"alslog: New: an attribute that neither Attr nor AttrFunc made": func() { alslog.New(text(io.Discard), alslog.StoreAttr{}) },
		"alslog: New: two attributes with the key a":                    func() { alslog.New(text(io.Discard), a, a) },
		"alslog: New: two attributes with the key a ": func() {
			alslog.New(text(io.Discard), a, alslog.Join(alslog.Attr("b", &s), a))
		},
		"alslog: New: an option is nil":     func() { alslog.New(text(io.Discard), a, nil) },
		"alslog: New: more than one Level":  func() { alslog.New(text(io.Discard), alslog.Level(&level), alslog.Level(&level)) },
		"alslog: Join: an option is nil":    func() { alslog.Join(a, nil) },
		"alslog: Level: storage is nil":     func() { alslog.Level(nil) },
		"alslog: Attr: storage is nil ":     func() { alslog.Attr("a", noStorage) },
		"alslog: Attr: storage is nil  ":    func() { alslog.Attr("a", noStore) },
		"alslog: AttrFunc: storage is nil ": func() { alslog.AttrFunc("a", noStore, slog.StringValue) },
		"alslog: Attr: key is empty":        func() { alslog.Attr("", &s) },
		"alslog: Attr: storage is nil":      func() { alslog.Attr[int]("a", nil) },
		"alslog: AttrFunc: key is empty":    func() { alslog.AttrFunc("", &s, slog.StringValue) },
		"alslog: AttrFunc: storage is nil":  func() { alslog.AttrFunc("a", nil, slog.StringValue) },
		"alslog: AttrFunc: value is nil":    func() { alslog.AttrFunc("a", &s, nil) },
	} {
		assert.PanicsWithValue(t, strings.TrimRight(want, " "), f) // spaces tell cases with one message apart
	}
}
