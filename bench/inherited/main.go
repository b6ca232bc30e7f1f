// Inherited is the bench program with als/inherit, which changes the whole program
// that imports it. The bench program builds and starts it.
package main

import (
	"os"

	"github.com/seed-1938943e/goroutine/bench/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
