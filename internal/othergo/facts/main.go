// Command facts prints the results of this module's checks of the Go release that it was
// built with.
package main

import (
	"fmt"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/goversion"
)

func main() {
	statement := make(chan bool)
	go func() {
		pc, creator := g.GoStatement()
		statement <- pc != 0 && creator != 0
	}()
	fmt.Printf("source=%v status=%t statement=%t labels=%t inherit=%t release=%t\n",
		goroutine.Identity().Source, g.StatusKnown(), <-statement,
		labels.Offset() != 0, inherit.Status() == nil, goversion.Known)
}
