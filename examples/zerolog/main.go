// Zerolog adds the user to every line of a github.com/rs/zerolog logger:
// a hook reads the user's store when a line is written.
//
//	go run ./examples/zerolog
//
// prints the lines of two users, first with the user as a field of the logger, which a
// program without stores needs in each place that logs.
package main

import (
	"github.com/rs/zerolog"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "zerolog",
	Shows: "every line of a github.com/rs/zerolog logger names its user, and no call passes the user",
	Wrong: "the user is a field of the logger that all users share",
	Right: "a hook reads the user's store when a line is written",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	var log users.Log
	logger := zerolog.New(&log).Hook(zerolog.HookFunc(addUser))
	if c.Wrong {
		logger = zerolog.New(&log).With().Str("user", users.Name(0)).Logger()
	}
	return c.Lines(&log, func(message string) { logger.Info().Msg(message) })
}

// addUser is called for each line that is written.
func addUser(e *zerolog.Event, _ zerolog.Level, _ string) {
	if name, ok := users.User.GetStore(); ok {
		e.Str("user", name)
	}
}
