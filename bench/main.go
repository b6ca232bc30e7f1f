// Bench compares this module with context.Context and with other libraries that
// keep values for each goroutine. See README.md.
package main

import (
	"os"

	"github.com/seed-1938943e/goroutine/bench/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
