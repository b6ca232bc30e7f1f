// Package main is a program with als/inherit.
package main

import (
	"example.com/inherit/library"

	_ "github.com/seed-1938943e/goroutine/als/inherit"
)

func main() { library.Start() }
