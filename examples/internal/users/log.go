package users

import (
	"bytes"
	"encoding/json"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A Log collects lines of JSON. It is what a logger writes to.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// Lines has every user write lines by log, from below a call and from a goroutine,
// and checks that the field "user" of each line is that of who wrote it: log is told
// that in the message only.
func (c *Check) Lines(l *Log, log func(message string)) error {
	c.Each(func(name string) {
		log(name)
		done := make(chan struct{})
		als.Go(func() {
			defer close(done)
			log(name)
		})
		<-done
	})
	for d := json.NewDecoder(&l.b); d.More(); {
		var line struct{ User, Message string }
		if err := d.Decode(&line); err != nil {
			return err
		}
		c.Saw("line", line.Message, line.User)
	}
	return nil
}
