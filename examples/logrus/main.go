// Logrus is a github.com/sirupsen/logrus logger whose every line says which user it is
// about, from a store: a hook, which is called for lines that are written.
//
//	go run ./examples/logrus
//
// With -wrong the field is given to the logger beforehand, as it has to be without a
// store, by code that the others' lines go through, too.
package main

import (
	"github.com/sirupsen/logrus"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "logrus", Wrong: "give the logger all share the field of one user", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	var log users.Log
	logger := logrus.New()
	logger.SetOutput(&log)
	logger.SetFormatter(&logrus.JSONFormatter{FieldMap: logrus.FieldMap{logrus.FieldKeyMsg: "message"}})
	entry := logrus.NewEntry(logger)
	if c.Wrong {
		entry = entry.WithField("user", users.Name(0))
	} else {
		logger.AddHook(addUser{})
	}
	return c.Lines(&log, func(message string) { entry.Info(message) })
}

// addUser is the hook. The entry is one that logrus has made for the line.
type addUser struct{}

func (addUser) Levels() []logrus.Level { return logrus.AllLevels }

func (addUser) Fire(e *logrus.Entry) error {
	if name, ok := users.User.GetStore(); ok {
		e.Data["user"] = name
	}
	return nil
}
