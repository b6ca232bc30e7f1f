package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// orders are the requests of demonstrate: ID, user and item.
var orders = [][3]string{{"r-42", "alice", "bread"}, {"r-43", "bruno", "salt"}, {"r-44", "", "bread"}}

// demonstrate prints the log lines of a few orders, without and with the handler that
// gives requests an ID, and checks that with it each line has an ID.
func demonstrate(out io.Writer) (problems []string, err error) {
	var wrong, right cli.Part
	for _, l := range try(&err, routes) {
		wrong.Add(l, "")
	}
	wrong.Wrong(out, "without withRequestID, no line says which request it belongs to")
	requests := make(map[string]bool)
	for _, l := range try(&err, shop) {
		right.Add(l, "")
		id := requestOf.FindString(l)
		if id == "" {
			problems = append(problems, l)
		}
		requests[id] = true
	}
	right.Right(out, "with it, each line does, also those of the receipt and of the stock server")
	if len(requests) != len(orders) {
		problems = append(problems, fmt.Sprintf("lines of %d requests instead of %d", len(requests), len(orders)))
	}
	fmt.Fprintf(out, "\nChecked: %s\n", cli.Verdict(problems, "every line has the ID of a request"))
	return problems, err
}

var requestOf = regexp.MustCompile(`\brequest=\S+`)

// try serves the handler on the loopback interface, sends the orders one after the
// other, and returns the lines of the log.
func try(failed *error, handler func(stock string) http.Handler) []string {
	if *failed != nil {
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		*failed = err
		return nil
	}
	var log bytes.Buffer // slog's handlers write one line at a time
	slog.SetDefault(newLogger(withoutTime{&log}, sessionUser))
	url := "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	als.Go(func() { served <- serve(ctx, l, handler(url)) })
	for _, o := range orders {
		err = errors.Join(err, order(url, o[0], o[1], o[2]))
		background.Wait() // so that the lines come in the order of the requests
	}
	stop()
	*failed = errors.Join(err, <-served)
	return strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
}

// order sends one order. The shop may refuse it.
func order(url, id, user, item string) error {
	r, err := http.NewRequest(http.MethodPost, url+"/buy/"+item, nil)
	if err != nil {
		return err
	}
	r.Header.Set(idHeader, id)
	if user != "" {
		r.Header.Set("X-User", user)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// withoutTime removes the time, which differs from run to run.
type withoutTime struct{ w io.Writer }

var timeOf = regexp.MustCompile(`^time=\S+ `)

func (w withoutTime) Write(line []byte) (int, error) {
	if _, err := w.w.Write(timeOf.ReplaceAll(line, nil)); err != nil {
		return 0, err
	}
	return len(line), nil
}
