// Chi gives each request to a chi router a store with its user, with
// alshttp.Middleware.
//
//	go run ./examples/chi
//
// sends requests over one connection, of which every second one has no user. First
// the middleware calls EnterWith: the store stays with the goroutine of the
// connection, and the next request without a user is taken for one of the user before.
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
	Shows: "the handlers of a chi router know the user of their request, also in goroutines, and nothing stays on the connection",
	Wrong: "the middleware calls EnterWith, so the store stays with the connection",
	Right: "alshttp.Middleware runs each request in a clean context, with its own store",
	Run:   func(c *users.Check) error { return c.ServeHTTP(router(c.Wrong)) },
}

func main() { program.Main() }

// user makes the store of a request, the name of its sender.
var user = alshttp.With(&users.User, func(r *http.Request) string {
	if name := r.Header.Get(users.Header); name != "" {
		return name
	}
	return users.NoUser
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

// entering is the wrong middleware: nothing ends the store that it enters.
func entering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name := r.Header.Get(users.Header); name != "" {
			//alsvet:ignore this is how not to do it
			users.User.EnterWith(name)
		}
		next.ServeHTTP(w, r)
	})
}
