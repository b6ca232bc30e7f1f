// Plugin is loaded by the program beside it.
package main

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

// Check returns an error unless the default storage has the host's store here and below.
func Check(want any) error {
	var own als.Storage[int]
	var err error
	see := func(where string) {
		if got, _ := als.GetStore(); got != want || own.Get() != 7 {
			err = fmt.Errorf("in the plugin, %s: %v and %d", where, got, own.Get())
		}
	}
	own.Run(7, func() {
		see("called")
		done := make(chan struct{})
		als.Go(func() { defer close(done); see("in als.Go") })
		<-done
		done = make(chan struct{})
		go func() { defer close(done); see("in a go statement, with als/inherit") }()
		<-done
		als.Run("the plugin's", func() {
			if got, _ := als.GetStore(); got != "the plugin's" {
				err = fmt.Errorf("in a Run of the plugin: %v", got)
			}
		})
	})
	return err
}
