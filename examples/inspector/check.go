package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// A page has the fields of the inspector's JSON that the program uses.
type page struct {
	Groups []struct {
		Kind, Label, Key string
		Count            int
	}
	Rows   []goroutine
	Module struct{ Race, ReadsG bool }
}

type goroutine struct {
	ID, Creator uint64
	State       string
	Stores      []struct {
		Name, Label string
		Ended       bool
	}
}

// count returns how many goroutines a group has.
func (p page) count(kind, label string) (n int) {
	for _, g := range p.Groups {
		if g.Kind == kind && g.Label == label {
			n += g.Count
		}
	}
	return n
}

// read reads the inspector, with parameters.
func read(url, parameters string) (p page, err error) {
	answer, err := http.Get(url + "/debug/als/?format=json&size=500" + parameters)
	if err != nil {
		return p, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return p, fmt.Errorf("the inspector answers %s", answer.Status)
	}
	return p, json.NewDecoder(answer.Body).Decode(&p)
}

// until reads the inspector until the page is as expected, or patience ends. The
// inspector keeps a picture for a second.
func until(url, parameters string, expected func(page) bool) (p page, err error) {
	for start := time.Now(); time.Since(start) < patience; time.Sleep(100 * time.Millisecond) {
		if p, err = read(url, parameters); err == nil && expected(p) {
			return p, nil
		}
	}
	return p, err
}

// patience is a variable so that the test of the failing check need not wait.
var patience = 10 * time.Second

// check reads the page as an operator would, and returns the problems.
func check(out io.Writer, url string, b *bank) (problems []string, err error) {
	ended := make(chan error)
	for _, id := range requests {
		als.Go(func() { ended <- pay(url, id) })
	}
	for range len(requests) + 1 { // and the audit
		<-b.asked
	}
	running, err := checkRunning(out, url)
	if err != nil {
		return nil, err
	}

	b.answer()
	for range requests {
		if err := <-ended; err != nil {
			return nil, err
		}
	}
	left, err := checkLeft(out, url)
	if err != nil {
		return nil, err
	}
	problems = append(running, left...)
	fmt.Fprintf(out, "\nThe page: %s\n", cli.Verdict(problems, "it names the request of each goroutine, and the goroutine left behind"))
	return problems, nil
}

// checkRunning reads which goroutines work for which request, while all requests wait for
// the bank.
func checkRunning(out io.Writer, url string) (problems []string, err error) {
	p, err := until(url, "", func(p page) bool { return p.count("label", audited) == 3 && p.count("label", requests[0]) == 2 })
	if err != nil {
		return nil, err
	}
	if p.Module.Race || !p.Module.ReadsG {
		return nil, errNoLabels
	}
	var part cli.Part
	for _, id := range requests {
		want := 2 // that of the server, and the one that asks the bank
		if id == audited {
			want++
		}
		part.Add(fmt.Sprintf("%s: %d goroutines", id, p.count("label", id)), "")
		if got := p.count("label", id); got != want {
			problems = append(problems, fmt.Sprintf("%s: %d goroutines instead of %d", id, got, want))
		}
	}
	part.Right(out, "which request has which goroutines")

	p, err = read(url, "&sort=state&q="+audited)
	if err != nil {
		return nil, err
	}
	part = cli.Part{}
	creators := 0
	for _, g := range p.Rows {
		part.Add(fmt.Sprintf("goroutine: %s", g.State), "")
		if slices.ContainsFunc(p.Rows, func(other goroutine) bool { return other.ID == g.Creator }) {
			creators++
		}
	}
	if creators != 2 {
		problems = append(problems, fmt.Sprintf("%d goroutines of %s were started by one of its goroutines, instead of 2", creators, audited))
	}
	part.Right(out, "what the goroutines of "+audited+" do")
	return problems, nil
}

// checkLeft reads which goroutines hold the store of a request that has ended: the audit.
func checkLeft(out io.Writer, url string) (problems []string, err error) {
	p, err := until(url, "", func(p page) bool { return p.count("ended", "") == 1 })
	if err != nil {
		return nil, err
	}
	left := p.count("ended", "")
	var part cli.Part
	part.Add(fmt.Sprintf("%d goroutines", left), "")
	part.Right(out, "goroutines that still hold the store of a request that has ended")
	if left != 1 {
		problems = append(problems, fmt.Sprintf("%d goroutines hold a store that has ended instead of 1", left))
	}
	return problems, nil
}

func pay(url, id string) error {
	r, err := http.NewRequest(http.MethodGet, url+"/pay", nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Request-Id", id)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: the shop answers %s", id, answer.Status)
	}
	return nil
}
