package main

import (
	"context"
	"encoding/json"
	"errors"
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
}

// run starts everything, sends the requests and prints what came of it.
func run(o options, out io.Writer) error {
	fmt.Fprintln(out, "shop: three processes, no ctx parameter, one trace and one request ID through HTTP, gRPC, SQL and NATS")
	spans, otlp, err := collect()
	if err != nil {
		return err
	}
	queue, err := queue()
	if err != nil {
		return err
	}
	defer queue.Shutdown()
	env := []string{otlpVariable + "=" + otlp, natsVariable + "=" + queue.ClientURL()}
	mail, err := start("mail", env...)
	if err != nil {
		return err
	}
	stock, err := start("stock", env...)
	if err != nil {
		return err
	}
	front, err := start("front", append(env, peerVariable+"="+stock.addr)...)
	if err != nil {
		return err
	}

	var log journal
	for _, p := range []*process{mail, stock, front} {
		log.follow(p)
	}
	begin := time.Now()
	answers, err := load(o, front.addr)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	for _, p := range []*process{front, stock, mail} { // upstream first: nothing is cut off
		p.stop()
		<-p.logged
		if err := p.wait(); err != nil {
			return err
		}
	}
	if err := spans.stop(context.Background()); err != nil {
		return err
	}

	first := strconv.Itoa(0)
	fmt.Fprintf(out, "\nthe log of order %s:\n", first)
	for _, l := range log.lines {
		if l.Order == first {
			fmt.Fprintf(out, "  %-6s %-10s request=%s user=%s trace_id=%s\n", l.process, l.Message, l.Request, l.User, l.Trace)
		}
	}
	trace := spans.traces[answers[first].Trace]
	fmt.Fprintf(out, "\nits trace, as the receiver got it:\n  %s\n", strings.ReplaceAll(strings.TrimSpace(tree(trace)), "\n", "\n  "))
	if o.picture != "" {
		if err := os.WriteFile(o.picture, picture(trace), 0o644); err != nil {
			return err
		}
	}
	v := check(answers, log.lines, spans.traces)
	fmt.Fprintf(out, "\n%d requests from %d clients in %.1f s, %d log lines, %d spans: %d wrong, %d missing, %d foreign values\n",
		o.requests, o.clients, took.Seconds(), v.lines, v.spans, v.wrong, v.missing, v.foreign)
	if !v.ok() {
		return errors.New("shop: " + v.first)
	}
	return nil
}

// queue starts a NATS server.
func queue() (*server.Server, error) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return nil, errors.New("the NATS server does not start")
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
				answers[number], failed = a, errors.Join(failed, err)
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
	r.Header.Set("X-User", "somebody else") // what a stranger claims does not count
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
