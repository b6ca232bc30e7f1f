package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// background is the work that requests have left. The server waits for it before it
// stops.
var background sync.WaitGroup

// sendReceipt sends the user a mail, after the answer.
func sendReceipt(item string) {
	to := current.Must().user
	background.Add(1)
	current.Exit(func() { // the work may go on after the session
		als.Go(func() {
			defer background.Done()
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			mail(ctx, to, item)
		})
	})
}

// mail stands for your own.
func mail(ctx context.Context, to, item string) {
	slog.InfoContext(ctx, "mailed", "to", to, "item", item)
}
