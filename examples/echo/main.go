// Echo gives each request to an echo server a store with its user, with
// alshttp.Middleware, which echo.WrapMiddleware adapts.
//
//	go run ./examples/echo
//
// sends requests over one connection, of which every second one has no user. First
// the middleware calls EnterWith: the store stays with the goroutine of the
// connection, and the next request without a user is taken for one of the user before.
package main

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "echo",
	Shows: "the handlers of an echo server know the user of their request, also in goroutines, and nothing stays on the connection",
	Wrong: "the middleware calls EnterWith, so the store stays with the connection",
	Right: "alshttp.Middleware, in echo.WrapMiddleware, gives each request its own store",
	Run:   func(c *users.Check) error { return c.ServeHTTP(server(c.Wrong)) },
}

func main() { program.Main() }

// user makes the store of a request, the name of its sender. (Do not use an
// echo.Context as a store: echo reuses it for the next request.)
var user = alshttp.With(&users.User, func(r *http.Request) string {
	if name := r.Header.Get(users.Header); name != "" {
		return name
	}
	return users.NoUser
})

func server(wrong bool) *echo.Echo {
	e := echo.New()
	if wrong {
		e.Use(entering)
	} else {
		e.Use(echo.WrapMiddleware(alshttp.Middleware(user)))
	}
	e.GET("/work", func(c echo.Context) error { return c.String(http.StatusOK, users.Page()) })
	return e
}

// entering is the wrong middleware: nothing ends the store that it enters.
func entering(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if name := c.Request().Header.Get(users.Header); name != "" {
			//alsvet:ignore this is how not to do it
			users.User.EnterWith(name)
		}
		return next(c)
	}
}
