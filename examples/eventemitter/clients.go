package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// askAll sends that many requests with each of n clients, all at the same time.
func askAll(url string, n, requests int) error {
	errs := make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		done.Add(1)
		als.Go(func() {
			defer done.Done()
			if err := ask(url, requests); err != nil {
				errs[i] = fmt.Errorf("client %d: %w", i+1, err)
			}
		})
	}
	done.Wait()
	return errors.Join(errs...)
}

// ask sends the requests of one client, which keeps its connection until it hangs up on a
// request.
func ask(url string, requests int) error {
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: time.Minute}
	for i := range requests {
		var err error
		if i%3 == 2 {
			err = hangUpOn(c, url+"/hangup")
		} else {
			err = get(c, url+"/")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// get reads the answer to its end, so that the connection can be used again.
func get(c *http.Client, url string) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("get %s: %s", url, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// hangUpOn closes the connection when the answer has begun.
func hangUpOn(c *http.Client, url string) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
