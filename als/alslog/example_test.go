package alslog_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alslog"
)

// plain is a handler whose lines can be compared: without a time.
func plain() slog.Handler {
	return slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})
}

// How does every line of a log say which request it is about, when the code that logs
// does not know? The handler adds the store of the storage.
func ExampleNew() {
	var requestID als.Storage[string]
	logger := slog.New(alslog.New(plain(), alslog.Attr("request", &requestID)))

	charge := func() { logger.Info("charged", "cents", 1250) } // has no parameter for it
	requestID.Run("42", func() {
		charge()
		done := make(chan struct{})
		als.Go(func() { logger.Warn("receipt is late"); close(done) })
		<-done
	})
	logger.Info("idle")
	// Output:
	// level=INFO msg=charged cents=1250 request=42
	// level=WARN msg="receipt is late" request=42
	// level=INFO msg=idle
}

// Where does the attribute stand if the logger has a group open? At the top level,
// where every line has it.
func ExampleNew_group() {
	var requestID als.Storage[string]
	logger := slog.New(alslog.New(plain(), alslog.Attr("request", &requestID)))

	requestID.Run("42", func() {
		logger.WithGroup("db").With("table", "users").Info("query", "rows", 3)
	})
	// Output: level=INFO msg=query db.table=users db.rows=3 request=42
}

// What if a line has the attribute already? Then the handler adds none.
func ExampleAttr() {
	var user als.Storage[string]
	logger := slog.New(alslog.New(plain(), alslog.Attr("user", &user)))

	user.Run("alice", func() {
		logger.Info("login failed", "user", "mallory")
		logger.With("user", "bob").Info("impersonated")
	})
	// Output:
	// level=INFO msg="login failed" user=mallory
	// level=INFO msg=impersonated user=bob
}

// How is only a part of a store logged? AttrFunc takes a function that returns that part.
// It is called only for lines whose level is enabled.
func ExampleAttrFunc() {
	type session struct{ user, token string }
	var current als.Storage[*session]
	logger := slog.New(alslog.New(plain(), alslog.AttrFunc("user", &current, func(s *session) slog.Value {
		return slog.StringValue(s.user)
	})))

	current.Run(&session{"alice", "s3cret"}, func() { logger.Info("paid") })
	// Output: level=INFO msg=paid user=alice
}

// How does the line name the user whom alshttp found in the request? Attr takes the
// store that alshttp.NewStore returned as it takes a storage.
func ExampleAttr_alshttp() {
	user := alshttp.NewStore("user", func(r *http.Request) string { return r.Header.Get("X-User") })
	logger := slog.New(alslog.New(plain(), alslog.Attr("user", user)))
	handler := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		logger.Info("paid")
	}), user)

	r := httptest.NewRequest(http.MethodPost, "/pay", nil)
	r.Header.Set("X-User", "alice")
	handler.ServeHTTP(httptest.NewRecorder(), r)
	// Output: level=INFO msg=paid user=alice
}

// traced is a handler of another package that takes a trace ID from the context.
type traced struct{ slog.Handler }

type keyOfTrace struct{}

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(keyOfTrace{}).(string); ok {
		r.AddAttrs(slog.String("trace", id))
	}
	return h.Handler.Handle(ctx, r)
}

// How does a handler that reads the context get one for the lines of slog.Info? Ambient
// passes it the ambient context. An explicit one wins.
func ExampleAmbient() {
	logger := slog.New(alslog.New(traced{plain()}, alslog.Ambient()))

	request := context.WithValue(context.Background(), keyOfTrace{}, "7f")
	other := context.WithValue(context.Background(), keyOfTrace{}, "99")
	als.RunContext(request, func() {
		logger.Info("begins")
		logger.InfoContext(other, "for another")
	})
	// Output:
	// level=INFO msg=begins trace=7f
	// level=INFO msg="for another" trace=99
}

// How is one user's request debugged in production? A store decides the level of its log
// lines, in all its goroutines. Other requests keep theirs.
func ExampleLevel() {
	var level als.Storage[slog.Level]
	logger := slog.New(alslog.New(plain(), alslog.Level(&level))) // plain logs from INFO on

	charge := func(user string) { logger.Debug("charging", "user", user) }
	handle := func(user string, debug bool) {
		if debug { // a header, or a rule of yours
			defer level.WithScope(slog.LevelDebug).End()
		}
		done := make(chan struct{})
		als.Go(func() { charge(user); close(done) })
		<-done
	}

	handle("alice", false)
	handle("bob", true)
	handle("carol", false)
	// Output: level=DEBUG msg=charging user=bob
}
