package main

import (
	"fmt"
	"net/http"

	"github.com/seed-1938943e/goroutine/als/alshttp"
)

// client sends the request's ID along. Its requests end with the request being served.
var client = &http.Client{Transport: alshttp.Transport(nil,
	alshttp.Header(idHeader, requestID.Get), alshttp.AmbientContext())}

// inStock asks the stock server.
func inStock(stock, item string) error {
	resp, err := client.Get(stock + "/stock/" + item)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("stock: %s", resp.Status)
	}
	var n int
	if _, err := fmt.Fscan(resp.Body, &n); err != nil {
		return fmt.Errorf("stock: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("no %s in stock", item)
	}
	return nil
}
