// Package cron has the shape of the first version of the real one.
package cron

type Cron struct{}

func (c *Cron) AddFunc(spec string, cmd func()) error { return nil }

type Job interface{ Run() }

type FuncJob func()

func (f FuncJob) Run() { f() }

type Schedule interface{ Next() int }

func (c *Cron) AddJob(spec string, cmd Job) error { return nil }

func (c *Cron) Schedule(schedule Schedule, cmd Job) {}
