package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// background counts work that goes on after its request. The server waits for it before
// it stops.
var background sync.WaitGroup

// sendReceipt sends the user a mail, after the answer.
func sendReceipt(item string) {
	background.Add(1)
	als.Go(als.Outlive(func() {
		defer background.Done()
		ctx, cancel := context.WithTimeout(als.Context(), 10*time.Second)
		defer cancel()
		mail(ctx, item)
	}))
}

// mail stands for your function that sends mail. It needs the session.
func mail(ctx context.Context, item string) {
	slog.InfoContext(ctx, "mailed", "to", current.Must().user, "item", item)
}
