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

// A wish is a request that a client sends: its kind, its token, and its ID. If that is ""
// the server chooses one.
type wish struct{ what, token, id string }

// A reply is a wish with the ID in the server's answer.
type reply struct {
	wish
	id string
}

// asked are the kinds of requests that the clients of the check send in turn.
var asked = []string{"order", "mail", "later"}

// wishes returns the requests of n clients. In every second request the client chooses
// the ID.
func wishes(n, requests int) (all [][]wish) {
	for c := range n {
		var of []wish
		for i := range requests {
			w := wish{what: asked[(c+i)%len(asked)], token: fmt.Sprintf("c%d-%d", c, i)}
			if i%2 == 0 {
				w.id = "id-" + w.token
			}
			of = append(of, w)
		}
		all = append(all, of)
	}
	return all
}

// askAll runs a client for each element of clients, all at the same time. A client sends
// its requests one after the other. askAll returns all replies, or the errors.
func askAll(url string, clients [][]wish) (replies []reply, err error) {
	got, errs := make([][]reply, len(clients)), make([]error, len(clients))
	var done sync.WaitGroup
	for c, wishes := range clients {
		done.Add(1)
		als.Go(func() {
			defer done.Done()
			if got[c], errs[c] = ask(url, wishes); errs[c] != nil {
				errs[c] = fmt.Errorf("client %d: %w", c, errs[c])
			}
		})
	}
	done.Wait()
	for _, of := range got {
		replies = append(replies, of...)
	}
	return replies, errors.Join(errs...)
}

// ask sends the requests of one client, and returns the replies.
func ask(url string, wishes []wish) (replies []reply, err error) {
	transport := new(http.Transport) // its own, and so is the connection
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: time.Minute}
	for _, w := range wishes {
		id, err := get(c, url, w)
		if err != nil {
			return nil, err
		}
		replies = append(replies, reply{w, id})
	}
	return replies, nil
}

// get returns the ID that the answer has.
func get(c *http.Client, url string, w wish) (id string, err error) {
	url += "/" + w.what + "/" + w.token
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	if w.id != "" {
		r.Header.Set(idHeader, w.id)
	}
	resp, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	// A connection is used again only if the answer was read to its end.
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("get %s: %s", url, resp.Status)
	}
	if id = resp.Header.Get(idHeader); id == "" {
		return "", fmt.Errorf("get %s: the answer has no ID", url)
	}
	return id, nil
}
