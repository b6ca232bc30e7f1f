package als_test

import (
	"context"
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

// How does work that goes on after the answer keep the request's ID, which is revoked
// with the request, and escape its cancellation? Bind it with Outlive.
func ExampleOutlive() {
	requestID := als.New(als.Options[string]{RevokeOnEnd: true})
	answered, done := make(chan struct{}), make(chan struct{})

	audit := func(how string) func() {
		return func() {
			<-answered
			fmt.Printf("%s: request %q, %v\n", how, requestID.Get(), als.Context().Err())
			done <- struct{}{}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	als.RunContext(ctx, func() {
		requestID.Run("42", func() {
			als.Go(audit("als.Go"))
			go als.Outlive(audit("Outlive"))()
		})
	})
	cancel()
	for range 2 {
		answered <- struct{}{}
		<-done
	}
	// Unordered output:
	// als.Go: request "", context canceled
	// Outlive: request "42", <nil>
}
