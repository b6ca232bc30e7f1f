// Alsvet reports code that loses the stores of package als, and fixes it where that is
// safe. It runs by itself, as a tool of a module, or as a tool of go vet:
//
//	alsvet ./...
//	go tool alsvet ./...
//	go vet -vettool=$(which alsvet) ./...
//
// By itself it runs go vet with itself as the tool, so that packages are analyzed one at a
// time and results are cached. It adds a configuration file, a baseline and SARIF. alsvet -h
// lists the flags, alsvet help the analyzers.
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

// belowVet reports whether the go command runs alsvet: for its version, its flags, or to
// analyze a unit.
func belowVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := args[len(args)-1]
	return strings.HasSuffix(last, ".cfg") || args[0] == "-V=full" || args[0] == "-flags"
}
