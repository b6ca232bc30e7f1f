package server

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A Load is a number of requests that clients send. Each client sends one request
// after the answer to the last, over the same connection.
type Load struct {
	URL      string
	Requests int
	Clients  int
}

// Stats are the times that the clients measured.
type Stats struct {
	Took     time.Duration
	P50, P99 time.Duration
}

// Drive sends requests. An answer other than 200 is an error.
func Drive(l Load) (Stats, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: l.Clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}

	var next atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	var failure error
	var done sync.WaitGroup
	start := time.Now()
	for range l.Clients {
		done.Add(1)
		//alsvet:ignore a client outside the server has no stores
		go func() {
			defer done.Done()
			var took []time.Duration
			var err error
			for err == nil {
				n := int(next.Add(1))
				if n > l.Requests {
					break
				}
				sent := time.Now()
				err = request(client, l.URL, n)
				took = append(took, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				failure = err
			}
		}()
	}
	done.Wait()
	s := Stats{Took: time.Since(start)}
	if failure != nil {
		return s, failure
	}
	slices.Sort(all)
	s.P50, s.P99 = all[len(all)/2], all[len(all)*99/100]
	return s, nil
}

func request(client *http.Client, url string, n int) error {
	req, err := http.NewRequest(http.MethodGet, url+"/orders/"+strconv.Itoa(n%97+1), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer user-"+strconv.Itoa(n%13))
	req.Header.Set("X-Request-Id", "r-"+strconv.Itoa(n))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", req.URL, resp.Status)
	}
	return nil
}
