package main

import (
	"bytes"
	"fmt"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// running matches the beginning of the dump of a goroutine that does not wait.
var running = regexp.MustCompile(`^goroutine \d+ [^\[]*\[(running|runnable|copystack|preempted)`)

// parked waits until all goroutines that a function has started are parked. The leak
// profile leaves out a running goroutine.
func parked(starter string) error {
	const patience = time.Minute
	started := regexp.MustCompile(`created by \S*\.` + starter + `\b`)
	for begin := time.Now(); time.Since(begin) < patience; runtime.Gosched() {
		var dump bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&dump, 2); err != nil {
			return err
		}
		found, busy := false, false
		for _, g := range strings.Split(dump.String(), "\n\n") {
			if started.MatchString(g) {
				found = true
				busy = busy || running.MatchString(g)
			}
		}
		if found && !busy {
			return nil
		}
	}
	return fmt.Errorf("after %v a goroutine of %s still runs", patience, starter)
}
