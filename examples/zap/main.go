// Zap adds the user to every line of a go.uber.org/zap logger:
// a zapcore.Core reads the user's store when it writes a line.
//
//	go run ./examples/zap
//
// prints the lines of two users, first with the user as a field of the logger, which a
// program without stores needs in each place that logs.
package main

import (
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "zap",
	Shows: "every line of a go.uber.org/zap logger names its user, and no call passes the user",
	Wrong: "the user is a field of the logger that all users share",
	Right: "a zapcore.Core reads the user's store when it writes a line",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	var log users.Log
	config := zapcore.EncoderConfig{MessageKey: "message"}
	core := zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.AddSync(&log), zap.InfoLevel)
	logger := zap.New(withUser{core})
	if c.Wrong {
		logger = zap.New(core).With(zap.String("user", users.Name(0)))
	}
	return c.Lines(&log, func(message string) { logger.Info(message) })
}

// withUser is a core that adds the current user to each line.
type withUser struct{ zapcore.Core }

func (c withUser) With(fields []zapcore.Field) zapcore.Core { return withUser{c.Core.With(fields)} }

// Check adds the core to an entry that will be written, so that its Write is called.
func (c withUser) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return ce.AddCore(e, c)
	}
	return ce
}

func (c withUser) Write(e zapcore.Entry, fields []zapcore.Field) error {
	if name, ok := users.User.GetStore(); ok {
		fields = append(fields[:len(fields):len(fields)], zap.String("user", name))
	}
	return c.Core.Write(e, fields)
}
