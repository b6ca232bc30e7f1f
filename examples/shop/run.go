package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

type options struct {
	requests, clients int
	picture           string
	compare           int // rounds
}

// run runs the shop once and prints a log, a trace and the verdict.
func run(o options, out io.Writer) error {
	fmt.Fprintln(out, "shop: three processes, no ctx parameter, one trace and one request ID through HTTP, gRPC, SQL and NATS")
	r, err := once(o, ambientStyle)
	if err != nil {
		return err
	}
	const first = "0"
	fmt.Fprintf(out, "\nthe log of order %s:\n", first)
	for _, l := range r.log {
		if l.Order == first {
			fmt.Fprintf(out, "  %-6s %-10s request=%s user=%s trace_id=%s\n", l.process, l.Message, l.Request, l.User, l.Trace)
		}
	}
	trace := r.traces[r.answers[first].Trace]
	fmt.Fprintf(out, "\nits trace, as the receiver got it:\n  %s\n", strings.ReplaceAll(strings.TrimSpace(tree(trace)), "\n", "\n  "))
	if o.picture != "" {
		if err := os.WriteFile(o.picture, picture(trace), 0o644); err != nil {
			return err
		}
	}
	v := check(r.answers, r.log, r.traces)
	fmt.Fprintf(out, "\n%d requests from %d clients in %.1f s, %d log lines, %d spans: %d wrong, %d missing, %d foreign values\n",
		o.requests, o.clients, r.took.Seconds(), v.lines, v.spans, v.wrong, v.missing, v.foreign)
	return v.err()
}

// The styles in which the shop is written.
const (
	ambientStyle  = "ambient"
	explicitStyle = "explicit"
)

// A result has the data of one run.
type result struct {
	answers     map[string]answer
	log         []line
	traces      map[string][]span
	took        time.Duration
	allocations int64 // of the three processes together
}

// once starts everything in one of the styles, sends the requests, and stops
// everything.
func once(o options, style string) (*result, error) {
	spans, otlp, err := collect()
	if err != nil {
		return nil, err
	}
	queue, err := queue()
	if err != nil {
		return nil, err
	}
	defer queue.Shutdown()
	env := []string{otlpVariable + "=" + otlp, natsVariable + "=" + queue.ClientURL(), styleVariable + "=" + style}
	mail, err := start("mail", env...)
	if err != nil {
		return nil, err
	}
	stock, err := start("stock", env...)
	if err != nil {
		return nil, err
	}
	front, err := start("front", append(env, peerVariable+"="+stock.addr)...)
	if err != nil {
		return nil, err
	}

	var log journal
	for _, p := range []*process{mail, stock, front} {
		log.follow(p)
	}
	begun := time.Now()
	answers, err := load(o, front.addr)
	if err != nil {
		return nil, err
	}
	r := &result{answers: answers, took: time.Since(begun)}
	for _, p := range []*process{front, stock, mail} { // upstream first: nothing is cut off
		p.stop()
		<-p.logged
		if err := p.wait(); err != nil {
			return nil, err
		}
	}
	if err := spans.stop(context.Background()); err != nil {
		return nil, err
	}
	r.traces = spans.traces
	for _, l := range log.lines {
		if l.Message == ended {
			r.allocations += l.Allocations
		} else {
			r.log = append(r.log, l)
		}
	}
	return r, nil
}

// queue starts a NATS server.
func queue() (*server.Server, error) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	go s.Start()
	const patience = 10 * time.Second
	if !s.ReadyForConnections(patience) {
		return nil, fmt.Errorf("the NATS server has not started within %v", patience)
	}
	return s, nil
}

// A journal is the lines that the processes have logged.
type journal struct {
	mu    sync.Mutex
	lines []line
}

// follow reads a process's log to its end.
func (j *journal) follow(p *process) {
	go func() {
		defer close(p.logged)
		for p.log.Scan() {
			l, err := parse(p.role, p.log.Text())
			if err != nil {
				l = line{Message: p.log.Text(), process: p.role} // foreign to every request
			}
			j.mu.Lock()
			j.lines = append(j.lines, l)
			j.mu.Unlock()
		}
	}()
}

// load sends the requests and returns the answers by order number.
func load(o options, addr string) (map[string]answer, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()
	var (
		mu      sync.Mutex
		answers = map[string]answer{}
		failed  error
		next    atomic.Int64
		all     sync.WaitGroup
	)
	for range o.clients {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				n := int(next.Add(1)) - 1
				if n >= o.requests {
					return
				}
				number := strconv.Itoa(n)
				a, err := ask(client, addr, number)
				mu.Lock()
				answers[number], failed = a, cmp.Or(failed, err)
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
			}
		}()
	}
	all.Wait()
	return answers, failed
}

func ask(client *http.Client, addr, number string) (a answer, err error) {
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+"/order/"+number, nil)
	if err != nil {
		return a, err
	}
	r.Header.Set("X-Request-Id", idOf(number))
	r.Header.Set("X-User", "somebody else") // forged: the front must ignore it
	r.Header.Set("Authorization", "Bearer "+userFor(number))
	res, err := client.Do(r)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return a, fmt.Errorf("order %s: %s", number, res.Status)
	}
	return a, json.NewDecoder(res.Body).Decode(&a)
}
