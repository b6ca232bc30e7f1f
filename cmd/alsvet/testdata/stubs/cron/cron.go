// Package cron has the shape of the real one.
package cron

type EntryID int

type Cron struct{}

func (c *Cron) AddFunc(spec string, cmd func()) (EntryID, error) { return 0, nil }
