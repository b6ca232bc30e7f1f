// Fiber gives each request to a fiber app a store with its user. Fiber is built on
// fasthttp, not on net/http, so the example has its own middleware, withUser.
//
//	go run ./examples/fiber
//
// leaves work to be done after each request. Fiber returns strings whose memory the next
// request of the connection overwrites. First the store is such a string, and the work
// sees other text.
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
	Shows: "the handlers of a fiber app, which is not net/http, know the user of their request, and so does work after it",
	Wrong: "the store is the string that fiber returned, whose memory the next request overwrites",
	Right: "the store is a copy, and each request runs in a clean context",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	var mu sync.Mutex
	var later []func() // work that requests leave to be done after them
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Use(withUser(c.Wrong))
	app.Get("/work", func(f *fiber.Ctx) error {
		name := strings.Clone(users.Current())
		job := als.Bind(func() { c.Saw("work after the request", name, users.Current()) })
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

// withUser is the middleware. The goroutine of a connection serves one request after
// the other, so it starts each in a clean context.
func withUser(wrong bool) fiber.Handler {
	return func(f *fiber.Ctx) (err error) {
		name := f.Get(users.Header, users.NoUser)
		if !wrong {
			name = strings.Clone(name)
		}
		als.ExecutionContext{}.Run(func() {
			users.User.Run(name, func() { err = f.Next() })
		})
		return err
	}
}
