package main

import (
	"log/slog"

	"github.com/seed-1938943e/goroutine/als"
)

// The functions of the shop itself. None has a parameter for the request, and none
// mentions it.

// charge books the item in another goroutine while it takes the money.
func charge(item string) {
	booked := make(chan struct{})
	als.Go(func() {
		defer close(booked)
		slog.Info("booked", "item", item)
	})
	<-booked
	slog.Info("charged", "item", item)
}

// count stands for the database of the stock server.
func count(item string) int {
	slog.Info("counted", "item", item)
	if item == "salt" {
		return 0
	}
	return 12
}
