// Fiber is a fiber app whose requests each have the store of their user. Fiber stands
// on fasthttp, not on net/http, so its middleware is made here: three lines.
//
//	go run ./examples/fiber
//
// What fiber returns from a request, strings too, lies in memory that the next request
// of the connection overwrites. So a store is a copy. With -wrong it is not, and work
// that goes on after the request finds the name of another.
package main

import (
	"net"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "fiber",
	Wrong: "do not copy the name",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	var mu sync.Mutex
	var later []func() // work that requests leave for when they are over
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Use(withUser(c.Wrong))
	app.Get("/work", func(f *fiber.Ctx) error {
		name := strings.Clone(users.Current())
		job := als.Bind(func() { c.Saw("later", name, users.Current()) })
		mu.Lock()
		later = append(later, job)
		mu.Unlock()
		return f.SendString(users.Page())
	})
	err := c.OverHTTP(func(l net.Listener) error { return app.Listener(l) }, app.Shutdown)
	for _, job := range later {
		job()
	}
	return err
}

// withUser is the middleware. The goroutine of a connection has one request after the
// other, so each is run in a clean context.
func withUser(wrong bool) fiber.Handler {
	return func(f *fiber.Ctx) (err error) {
		name := f.Get(users.Header, users.Nobody)
		if !wrong {
			name = strings.Clone(name)
		}
		als.ExecutionContext{}.Run(func() {
			users.User.Run(name, func() { err = f.Next() })
		})
		return err
	}
}
