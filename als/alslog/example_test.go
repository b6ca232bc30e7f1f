package alslog_test

import (
	"log/slog"
	"os"

	"github.com/seed-1938943e/goroutine/als"
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
// does not know? The handler adds what the storage has.
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

// What if a line has the attribute already? Then that one stands.
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

// How is only a part of a store logged? AttrFunc takes it out, for lines whose level
// is enabled.
func ExampleAttrFunc() {
	type session struct{ user, token string }
	var current als.Storage[*session]
	logger := slog.New(alslog.New(plain(), alslog.AttrFunc("user", &current, func(s *session) slog.Value {
		return slog.StringValue(s.user)
	})))

	current.Run(&session{"alice", "s3cret"}, func() { logger.Info("paid") })
	// Output: level=INFO msg=paid user=alice
}
