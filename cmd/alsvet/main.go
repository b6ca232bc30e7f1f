// Alsvet reports code that loses the stores of package als, and fixes it where that is
// safe. It runs alone, as a tool of a module, or below go vet:
//
//	alsvet ./...
//	go tool alsvet ./...
//	go vet -vettool=$(which alsvet) ./...
//
// Alone it runs go vet with itself as the tool, so that packages are analyzed one at a
// time and results are cached, and adds what go vet does not have: a configuration
// file, a baseline and SARIF. alsvet -h lists the flags, alsvet help the analyzers.
package main

import (
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/driver"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

func main() {
	args := os.Args[1:]
	if belowVet(args) {
		if driver.SkipUnit(args[len(args)-1]) {
			return
		}
		unitchecker.Main(suite.Analyzers()...)
	}
	os.Exit(driver.Main(args, suite.Analyzers()))
}

// belowVet reports whether the go command calls: for the version, the flags, or a unit.
func belowVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := args[len(args)-1]
	return strings.HasSuffix(last, ".cfg") || args[0] == "-V=full" || args[0] == "-flags"
}
