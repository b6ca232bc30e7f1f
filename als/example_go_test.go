//go:build !inherit

package als_test

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

// Does a goroutine see the stores of its creator? One that als.Go started does, one
// that a plain go statement started does not.
func ExampleStorage_Run_goroutine() {
	var requestID als.Storage[string]
	done := make(chan struct{})

	requestID.Run("42", func() {
		als.Go(func() {
			fmt.Println("als.Go:", requestID.Get())
			done <- struct{}{}
		})
		<-done
		go func() {
			_, ok := requestID.GetStore()
			fmt.Println("go:", ok)
			done <- struct{}{}
		}()
		<-done
	})
	// Output:
	// als.Go: 42
	// go: false
}
