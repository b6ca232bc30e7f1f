package users

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A Log collects the lines of JSON that a logger writes.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// Lines logs lines for every user, in a call and in a goroutine. It checks that the field
// "user" of each line is the user that the line was logged for. log gets the user only as
// the first word of the message.
func (c *Check) Lines(l *Log, log func(message string)) error {
	c.Each(func(name string) {
		log(name + " pays")
		done := make(chan struct{})
		als.Go(func() {
			defer close(done)
			log(name + " gets a receipt")
		})
		<-done
	})
	for text := range strings.Lines(l.b.String()) {
		var line struct{ User, Message string }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			return err
		}
		name, _, _ := strings.Cut(line.Message, " ")
		c.Report(name, strings.TrimSuffix(text, "\n"), line.User)
	}
	return nil
}
