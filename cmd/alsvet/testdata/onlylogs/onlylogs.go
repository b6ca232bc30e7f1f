// Package onlylogs has functions that could read a store only where they log. They run on
// other goroutines, which serve their starter alone or perhaps others.
package onlylogs

import (
	"log"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

type logger interface{ Printf(string, ...any) }

type server struct {
	log    logger
	closed bool
}

func (s *server) request(id string) {
	go func() { s.log.Printf("began %s", id) }()
	go func() { log.Printf("began %s", id) }()
	go func() {
		for {
			s.log.Printf("waits, after %s", id)
			if s.closed {
				return
			}
		}
	}()
	time.AfterFunc(time.Second, func() { s.log.Printf("late: %s", id) })
	time.AfterFunc(time.Second, func() { log.Printf("late: %s", id) })
	time.AfterFunc(time.Second, func() {
		for {
			s.log.Printf("waits, after %s", id)
			if s.closed {
				return
			}
		}
	})
}
