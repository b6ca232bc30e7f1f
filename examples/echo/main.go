// Echo is an echo server whose requests each have the store of their user, by
// alshttp.Middleware, which echo.WrapMiddleware fits in.
//
//	go run ./examples/echo
//
// With -wrong the middleware is one that calls EnterWith, which stays with the
// connection: who sends the next request over it and is not logged in is taken for
// somebody else.
package main

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "echo",
	Wrong: "set the store by EnterWith, without alshttp",
	Run:   func(c *users.Check) error { return c.ServeHTTP(server(c.Wrong)) },
}

func main() { program.Main() }

// user is the store of a request: its sender. (An echo.Context would be no store: it
// is used again for the next request.)
var user = alshttp.With(&users.User, func(r *http.Request) string {
	if name := r.Header.Get(users.Header); name != "" {
		return name
	}
	return users.Nobody
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

// entering is how not to do it.
func entering(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if name := c.Request().Header.Get(users.Header); name != "" {
			//alsvet:ignore this is how not to do it
			users.User.EnterWith(name)
		}
		return next(c)
	}
}
