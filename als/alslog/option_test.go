package alslog_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/stretchr/testify/assert"
)

// wrapped embeds a storage, as types of programs may.
type wrapped struct{ *als.Storage[int] }

// fixed always has the same store.
type fixed struct{}

func (fixed) GetStore() (string, bool) { return "fixed", true }

func TestAttrTakesAnyTypeWithGetStore(t *testing.T) {
	var requestID als.Storage[string]
	user := alshttp.NewStore("user", func(r *http.Request) string { return r.Header.Get("X-User") })
	count := wrapped{als.New[int]()}
	var b bytes.Buffer
	l := slog.New(alslog.New(text(&b),
		alslog.Attr("request", &requestID),
		alslog.Attr("user", user),
		alslog.Attr("count", count),
		alslog.Attr("fixed", fixed{}),
		alslog.AttrFunc("initial", user, func(s string) slog.Value { return slog.StringValue(s[:1]) }),
		alslog.AttrFunc("double", count, func(n int) slog.Value { return slog.IntValue(2 * n) }),
	))
	l.Info("none")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-User", "alice")
	alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		requestID.Run("42", func() { count.Run(7, func() { l.Info("all") }) })
	}), user).ServeHTTP(httptest.NewRecorder(), r)
	assert.Equal(t, "msg=none fixed=fixed\nmsg=all request=42 user=alice count=7 fixed=fixed initial=a double=14\n", b.String())
}

func TestJoinIsItsOptions(t *testing.T) {
	var one, two als.Storage[int]
	var b bytes.Buffer
	both := alslog.Join(alslog.Attr("one", &one), alslog.Join(alslog.Attr("two", &two)), alslog.Join())
	l := slog.New(alslog.New(text(&b), both, alslog.Ambient()))
	one.Run(1, func() { two.Run(2, func() { l.Info("m") }) })
	assert.Equal(t, "msg=m one=1 two=2\n", b.String())
}

type nameKey struct{}

func named(name string) context.Context {
	return context.WithValue(context.Background(), nameKey{}, name)
}

// contexts records the contexts that its Enabled and its Handle get.
type contexts struct {
	slog.Handler
	enabled, handled *context.Context
}

func (c contexts) Enabled(ctx context.Context, l slog.Level) bool {
	*c.enabled = ctx
	return c.Handler.Enabled(ctx, l)
}

func (c contexts) Handle(ctx context.Context, r slog.Record) error {
	*c.handled = ctx
	return c.Handler.Handle(ctx, r)
}

func (c contexts) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contexts{c.Handler.WithAttrs(attrs), c.enabled, c.handled}
}

func (c contexts) WithGroup(name string) slog.Handler {
	return contexts{c.Handler.WithGroup(name), c.enabled, c.handled}
}

func TestAmbientReplacesNoContextAndNoOther(t *testing.T) {
	var none context.Context
	ambient, explicit := named("ambient"), named("explicit")
	derived, cancel := context.WithCancel(context.Background())
	defer cancel()
	var s als.Storage[int]

	var enabled, handled context.Context
	spy := contexts{slog.NewTextHandler(io.Discard, nil), &enabled, &handled}
	for _, options := range [][]alslog.Option{{}, {alslog.Attr("s", &s)}} {
		with := slog.New(alslog.New(spy, append(options, alslog.Ambient())...))
		without := slog.New(alslog.New(spy, options...))
		for _, derive := range []func(*slog.Logger) *slog.Logger{
			func(l *slog.Logger) *slog.Logger { return l },
			func(l *slog.Logger) *slog.Logger { return l.With("a", 1) },
			func(l *slog.Logger) *slog.Logger { return l.WithGroup("g").With("a", 1).WithGroup("h") },
		} {
			arrives := func(l *slog.Logger, log func(l *slog.Logger), want context.Context) {
				t.Helper()
				enabled, handled = nil, nil
				log(derive(l))
				assert.True(t, enabled == want, "Enabled gets %v, want %v", enabled, want)
				assert.True(t, handled == want, "Handle gets %v, want %v", handled, want)
			}
			info := func(l *slog.Logger) { l.Info("m") }
			infoWith := func(ctx context.Context) func(l *slog.Logger) {
				return func(l *slog.Logger) { l.InfoContext(ctx, "m") }
			}
			direct := func(l *slog.Logger) { // slog.Logger itself replaces nil
				l.Handler().Enabled(none, slog.LevelInfo)
				assert.NoError(t, l.Handler().Handle(none, slog.Record{}))
			}
			als.RunContext(ambient, func() {
				arrives(with, info, ambient)
				arrives(with, infoWith(context.Background()), ambient)
				arrives(with, infoWith(context.TODO()), ambient)
				arrives(with, infoWith(none), ambient)
				arrives(with, direct, ambient)
				arrives(with, infoWith(explicit), explicit)
				arrives(with, infoWith(derived), derived)
				arrives(with, infoWith(context.WithoutCancel(context.Background())), context.WithoutCancel(context.Background()))

				arrives(without, info, context.Background())
				arrives(without, infoWith(context.TODO()), context.TODO())
				arrives(without, direct, nil)
				arrives(without, infoWith(explicit), explicit)
			})
			arrives(with, info, context.Background())
			arrives(with, infoWith(explicit), explicit)
		}
	}
}

// A level in the storage decides, whether the record's level is below or above it and the
// handler's. Without a store the handler decides.
func TestLevelDecidesInsteadOfTheHandler(t *testing.T) {
	levels := []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelInfo + 1, slog.LevelWarn, slog.LevelError}
	var level als.Storage[slog.Level]
	for _, of := range levels {
		var b bytes.Buffer
		h := alslog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: of}), alslog.Level(&level))
		for _, derive := range []func(*slog.Logger) *slog.Logger{
			func(l *slog.Logger) *slog.Logger { return l },
			func(l *slog.Logger) *slog.Logger { return l.With("a", 1) },
			func(l *slog.Logger) *slog.Logger { return l.WithGroup("g").With("a", 1) },
		} {
			l := derive(slog.New(h))
			logs := func(r slog.Level, want bool) {
				t.Helper()
				b.Reset()
				l.Log(context.Background(), r, "m")
				assert.Equal(t, want, b.Len() > 0, "handler %v, record %v", of, r)
				assert.Equal(t, want, l.Enabled(context.Background(), r), "handler %v, record %v", of, r)
			}
			for _, r := range levels {
				logs(r, r >= of)
				for _, store := range levels {
					level.Run(store, func() {
						logs(r, r >= store)
						level.Exit(func() { logs(r, r >= of) })
						done := make(chan struct{})
						als.Go(func() { logs(r, r >= store); close(done) })
						<-done
					})
				}
			}
		}
	}
}

func TestLevelDecidesForSlogDefaultAndThePackageLog(t *testing.T) {
	was := slog.Default()
	defer slog.SetDefault(was)
	defer log.SetOutput(log.Writer())
	defer log.SetFlags(log.Flags())
	var level als.Storage[slog.Level]
	var b bytes.Buffer
	h := slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: withoutTimeAndLevel})
	slog.SetDefault(slog.New(alslog.New(h, alslog.Level(&level))))
	all := func(what string) {
		slog.Debug(what + " slog")
		log.Print(what + " log")
	}
	all("no store")
	level.Run(slog.LevelDebug, func() { all("debug") })
	level.Run(slog.LevelInfo, func() { all("info") })
	level.Run(slog.LevelError, func() { all("error"); slog.Warn("hidden") })
	assert.Equal(t, "msg=\"debug slog\"\nmsg=\"debug log\"\nmsg=\"info log\"\n", b.String())
}

// A handler that checks again whether a level is enabled decides, so Level belongs below
// it.
func TestLevelBelongsBelowAHandlerThatAsksAgain(t *testing.T) {
	var level als.Storage[slog.Level]
	var b bytes.Buffer
	leaf := slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: withoutTimeAndLevel})
	for want, l := range map[string]*slog.Logger{
		"":        slog.New(alslog.New(asking{leaf}, alslog.Level(&level))),
		"msg=m\n": slog.New(asking{alslog.New(leaf, alslog.Level(&level))}),
	} {
		b.Reset()
		level.Run(slog.LevelDebug, func() { l.Debug("m") })
		assert.Equal(t, want, b.String())
	}
}

type asking struct{ slog.Handler }

func (a asking) Handle(ctx context.Context, r slog.Record) error {
	if !a.Enabled(ctx, r.Level) {
		return nil
	}
	return a.Handler.Handle(ctx, r)
}

// Without its own attributes the handler passes groups on, so that nothing is formatted
// again.
func TestGroupsAreOpenedBelowWhereNoAttributeStandsBesideThem(t *testing.T) {
	var s als.Storage[int]
	for _, c := range []struct {
		opts  []alslog.Option
		with  []any
		group bool // below
	}{
		{nil, nil, true},
		{[]alslog.Option{alslog.Ambient()}, []any{"a", 1}, true},
		{[]alslog.Option{alslog.Attr("s", &s)}, []any{"s", 1}, true}, // the only one is given
		{[]alslog.Option{alslog.Attr("s", &s)}, nil, false},
	} {
		opened := ""
		l := slog.New(alslog.New(groups{text(io.Discard), &opened}, c.opts...)).With(c.with...)
		l.WithGroup("g").With("b", 1).WithGroup("h").Info("m")
		want := ""
		if c.group {
			want = "gh"
		}
		assert.Equal(t, want, opened, fmt.Sprint(c))
	}
}

type groups struct {
	slog.Handler
	opened *string
}

func (g groups) WithAttrs(attrs []slog.Attr) slog.Handler {
	return groups{g.Handler.WithAttrs(attrs), g.opened}
}

func (g groups) WithGroup(name string) slog.Handler {
	*g.opened += name
	return groups{g.Handler.WithGroup(name), g.opened}
}
