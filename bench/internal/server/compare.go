package server

import (
	"errors"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// A Driver sends a load from another process.
type Driver func(Load) (Stats, error)

// Compare serves both versions on the loopback interface, drives them in turn, and
// returns a row for each figure.
func Compare(drive Driver, rounds, requests int, step func()) ([]result.Row, error) {
	const clients = 16
	versions := []struct {
		system  string
		handler http.Handler
	}{{"context", WithContext()}, {"als", WithALS()}}

	samples := make([][len(figures)][]float64, len(versions))
	urls := make([]string, len(versions))
	for i, v := range versions {
		url, stop, err := serve(v.handler)
		if err != nil {
			return nil, err
		}
		defer stop()
		urls[i] = url
		if _, err := drive(Load{url, requests, clients}); err != nil { // warm-up
			return nil, err
		}
	}
	for range rounds {
		for i, url := range urls {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			s, err := drive(Load{url, requests, clients})
			if err != nil {
				return nil, err
			}
			runtime.ReadMemStats(&after)
			n := float64(requests)
			for f, x := range [len(figures)]float64{
				n / s.Took.Seconds(),
				micro(s.P50), micro(s.P99),
				float64(after.Mallocs-before.Mallocs) / n,
				float64(after.TotalAlloc-before.TotalAlloc) / n,
			} {
				samples[i][f] = append(samples[i][f], x)
			}
		}
		step()
	}
	var rows []result.Row
	for f, figure := range figures {
		row := figure
		ratio := result.NewSpread(result.Ratios(samples[1][f], samples[0][f]))
		for i, v := range versions {
			c := result.Cell{System: v.system}
			if i > 0 {
				c.Ratio = &ratio
			}
			row.Cells = append(row.Cells, c)
		}
		for i := range versions { // after the ratios: it sorts
			row.Cells[i].Value = result.NewSpread(samples[i][f])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// figures are the rows, in the order of the samples.
var figures = [...]result.Row{
	{Name: "server/requests", Label: "requests per second", Unit: "1/s", Higher: true},
	{Name: "server/p50", Label: "latency, median", Unit: "µs"},
	{Name: "server/p99", Label: "latency, 99th percentile", Unit: "µs"},
	{Name: "server/allocs", Label: "allocations per request", Unit: "allocs"},
	{Name: "server/bytes", Label: "bytes per request", Unit: "B"},
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// serve serves a handler on the loopback interface until stop is called.
func serve(h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	return "http://" + l.Addr().String(), func() {
		s.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			logs.Error("serve", "err", err)
		}
	}, nil
}

// Names returns the names of the rows that Compare returns.
func Names() (names []string) {
	for _, f := range figures {
		names = append(names, f.Name)
	}
	return names
}
