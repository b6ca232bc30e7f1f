// Package main is a program with als/inherit.
package main

import (
	"example.com/inherit/library"

	"github.com/seed-1938943e/goroutine/als"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
)

var user als.Storage[string]

func main() {
	library.Start()
	requests()
}

func requests() {
	go user.Get()
}
