// Gin gives each request to a gin engine a store with its user. The engine is an
// http.Handler, so alshttp.Handler goes around it, and code that has no *gin.Context
// knows the user, too.
//
//	go run ./examples/gin
//
// leaves work to be done after each request. First the store of the request is its
// *gin.Context. Gin reuses that for a later request, whose user the work then sees.
package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "gin",
	Shows: "work that goes on after its request to a gin engine keeps the user, but may not keep the *gin.Context",
	Wrong: "the store is the *gin.Context, which gin reuses for a later request",
	Right: "the store is the user's name, which alshttp.Handler takes from the request",
	Run:   run,
}

func main() { program.Main() }

// user makes the store of a request, the name of its sender. The string may be kept:
// net/http allocates the headers of each request anew.
var user = alshttp.With(&users.User, func(r *http.Request) string {
	if name := r.Header.Get(users.Header); name != "" {
		return name
	}
	return users.NoUser
})

// current is the wrong store.
var current als.Storage[*gin.Context]

func run(c *users.Check) error {
	later := newLater(c)
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/work", func(g *gin.Context) {
		later.after(g)
		g.String(http.StatusOK, "%s", users.Page())
	})
	err := c.ServeHTTP(alshttp.Handler(engine, user))
	later.run()
	return err
}
