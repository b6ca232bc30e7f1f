// Logrus adds the user to every line of a github.com/sirupsen/logrus logger:
// a hook reads the user's store when a line is written.
//
//	go run ./examples/logrus
//
// prints the lines of two users, first with the user as a field of the logger, which a
// program without stores needs in each place that logs.
package main

import (
	"github.com/sirupsen/logrus"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "logrus",
	Shows: "every line of a github.com/sirupsen/logrus logger names its user, and no call passes the user",
	Wrong: "the user is a field of the logger that all users share",
	Right: "a hook reads the user's store when a line is written",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	var log users.Log
	logger := logrus.New()
	logger.SetOutput(&log)
	logger.SetFormatter(&logrus.JSONFormatter{
		DisableTimestamp: true, // so that the output is always the same
		FieldMap:         logrus.FieldMap{logrus.FieldKeyMsg: "message"},
	})
	entry := logrus.NewEntry(logger)
	if c.Wrong {
		entry = entry.WithField("user", users.Name(0))
	} else {
		logger.AddHook(addUser{})
	}
	return c.Lines(&log, func(message string) { entry.Info(message) })
}

// addUser is the hook. It may change the entry, which logrus has made for this line.
type addUser struct{}

func (addUser) Levels() []logrus.Level { return logrus.AllLevels }

func (addUser) Fire(e *logrus.Entry) error {
	if name, ok := users.User.GetStore(); ok {
		e.Data["user"] = name
	}
	return nil
}
