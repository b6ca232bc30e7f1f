// Zap is a go.uber.org/zap logger whose every line says which user it is about, from
// a store: a zapcore.Core that adds a field when a line is written.
//
//	go run ./examples/zap
//
// With -wrong the field is given to the logger beforehand, as it has to be without a
// store, by code that the others' lines go through, too.
package main

import (
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "zap", Wrong: "give the logger all share the field of one user", Run: run}

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

// withUser is a core that adds the user.
type withUser struct{ zapcore.Core }

func (c withUser) With(fields []zapcore.Field) zapcore.Core { return withUser{c.Core.With(fields)} }

// Check has Write called for lines that are to be written, and for no others.
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
