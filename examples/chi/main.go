// Chi is a chi router whose requests each have the store of their user, by
// alshttp.Middleware.
//
//	go run ./examples/chi
//
// With -wrong the middleware is one that calls EnterWith, which stays with the
// connection: who sends the next request over it and is not logged in is taken for
// somebody else.
package main

import (
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "chi",
	Wrong: "set the store by EnterWith, without alshttp",
	Run:   func(c *users.Check) error { return c.ServeHTTP(router(c.Wrong)) },
}

func main() { program.Main() }

// user is the store of a request: its sender.
var user = alshttp.With(&users.User, func(r *http.Request) string {
	if name := r.Header.Get(users.Header); name != "" {
		return name
	}
	return users.Nobody
})

func router(wrong bool) http.Handler {
	r := chi.NewRouter()
	if wrong {
		r.Use(entering)
	} else {
		r.Use(alshttp.Middleware(user))
	}
	r.Get("/work", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, users.Page()) })
	return r
}

// entering is how not to do it.
func entering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name := r.Header.Get(users.Header); name != "" {
			//alsvet:ignore this is how not to do it
			users.User.EnterWith(name)
		}
		next.ServeHTTP(w, r)
	})
}
