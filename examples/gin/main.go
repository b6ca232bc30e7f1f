// Gin is a gin engine whose requests each have the store of their user. The engine is
// an http.Handler, so alshttp goes around it; a handler gets at the stores from
// wherever it is, also where *gin.Context does not reach.
//
//	go run ./examples/gin
//
// Gin uses its *gin.Context again for the next request. A store must not be one, or
// work that outlives the request finds another's there; -wrong does that.
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
	Wrong: "keep the *gin.Context in a store, for work that goes on after the request",
	Run:   run,
}

func main() { program.Main() }

// user is the store of a request: its sender. The string is copied from nowhere that
// is used again, since net/http allocates the headers of each request.
var user = alshttp.With(&users.User, func(r *http.Request) string {
	if name := r.Header.Get(users.Header); name != "" {
		return name
	}
	return users.Nobody
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
