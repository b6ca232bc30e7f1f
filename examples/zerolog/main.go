// Zerolog is a github.com/rs/zerolog logger whose every line says which user it is
// about, from a store: a hook, which is called for lines that are written.
//
//	go run ./examples/zerolog
//
// With -wrong the field is given to the logger beforehand, as it has to be without a
// store, by code that the others' lines go through, too.
package main

import (
	"github.com/rs/zerolog"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "zerolog", Wrong: "give the logger all share the field of one user", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	var log users.Log
	logger := zerolog.New(&log).Hook(zerolog.HookFunc(addUser))
	if c.Wrong {
		logger = zerolog.New(&log).With().Str("user", users.Name(0)).Logger()
	}
	return c.Lines(&log, func(message string) { logger.Info().Msg(message) })
}

func addUser(e *zerolog.Event, _ zerolog.Level, _ string) {
	if name, ok := users.User.GetStore(); ok {
		e.Str("user", name)
	}
}
