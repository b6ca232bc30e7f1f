package main

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alslog"
)

// A session has the data of an authenticated user.
type session struct{ user string }

// current is the session of the request. When the request ends it is gone, also for a
// goroutine that goes on.
var current = als.New(als.Options[*session]{Name: "session", RevokeOnEnd: true})

// sessionUser adds the user to each record that is logged in a session.
var sessionUser = alslog.AttrFunc("user", current, func(s *session) slog.Value {
	return slog.StringValue(s.user)
})

// withSession runs next in the session of the request's user. It refuses a request
// without a user.
func withSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := authenticate(r)
		if err != nil {
			slog.Warn("refused", "error", err)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		current.Run(s, func() { next.ServeHTTP(w, r) })
	})
}

// authenticate stands for your own function. It trusts the client.
func authenticate(r *http.Request) (*session, error) {
	user := r.Header.Get("X-User")
	if user == "" {
		return nil, errors.New("no user")
	}
	return &session{user}, nil
}
