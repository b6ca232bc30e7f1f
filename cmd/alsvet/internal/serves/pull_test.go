package serves_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A goroutine that sends the values of an iterator that its starter was given works for its starter
// alone.
func TestPullsFromIterator(t *testing.T) {
	const iter = `type iter interface { Next() (int, error); Recv() (int, error) }
		type s struct { it iter }
		`
	pull := func(receiver, next, result string) string {
		return iter + "func " + receiver + "start(r remote, it iter)" + result + ` {
			c := make(chan int)
			go func() { defer close(c); for { n, err := ` + next + `; if err != nil { return }; r.Tell(n); c <- n } }()
			return`
	}
	judged(t, withRemote(map[string]goroutine{
		"given":           {pull("", "it.Next()", " <-chan int") + " c }", serves.Starter, ""},
		"given, and kept": {pull("", "it.Next()", "") + " }", serves.Unclear, "calls Next in a loop on it"},
		"in a field": {iter + `func start(r remote, s *s) <-chan int {
			c := make(chan int)
			go func() { defer close(c); for { n, err := s.it.Next(); if err != nil { return }; r.Tell(n); c <- n } }()
			return c }`, serves.Unclear, "calls Next in a loop on s.it"},
		"by a function of the package": {iter + `func start(r remote, it iter) <-chan int {
			c := make(chan int)
			go func() { defer close(c); for { n, err := it.Next(); if err != nil { return }; r.Tell(n); c <- n } }()
			return c }
			func open() iter { return nil }
			func list(r remote) { it := open(); start(r, it); start(r, open()) }
			func again(r remote, it iter) { start(r, it) }`, serves.Starter, ""},
		"out of a field by a function of the package": {iter + `func start(r remote, it iter) <-chan int {
			c := make(chan int)
			go func() { defer close(c); for { n, err := it.Next(); if err != nil { return }; r.Tell(n); c <- n } }()
			return c }
			func list(r remote, s *s) { start(r, s.it) }`, serves.Unclear, "calls Next in a loop on it"},
		"shared": {pull("(s *s) ", "s.it.Next()", " <-chan int") + " c }", serves.Others, "calls Next in a loop on s.it"},
		"by a function that hands it on": {iter + `func each(it iter, f func(iter)) { f(it) }
			func (s *s) start(r remote) { go each(s.it, func(it iter) { for { n, err := it.Next(); if err != nil { return }; r.Tell(n) } }) }`,
			serves.Others, "calls Next in a loop on it"},
		"messages of a given": {pull("", "it.Recv()", " <-chan int") + " c }", serves.Unclear, "calls Recv in a loop on it"},
	}))
}

// A function of another package that is given a channel to send to sends for the goroutine.
func TestSendsByAFunction(t *testing.T) {
	for param, answer := range map[string]serves.Answer{"chan<- int": serves.Starter, "<-chan int": serves.Unclear, "chan int": serves.Unclear} {
		t.Run(param, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, "package send\n\nfunc Try(n int, c "+param+") {}", `package p

				import "example.com/send"

				`+remote+`
				type iter interface { Next() (int, error) }
				func start(r remote, it iter) <-chan int {
					c := make(chan int)
					go func() { for { n, err := it.Next(); if err != nil { return }; r.Tell(n); send.Try(n, c) } }()
					return c
				}`)
			verdict := judge(t, actions[1])
			assert.Equal(t, answer, verdict.Answer, verdict.Why)
		})
	}
}

// A loop that asks for an iterator again and again does not wait for values of others. No caller
// sends the bytes of crypto/rand.
func TestLoopsThatReadFromNoCaller(t *testing.T) {
	const source = `import ("crypto/rand"; "io"; "os")
		var _ = rand.Reader; var in io.Reader; var _ = os.Stdin
		type rows interface { Next() bool }
		type db interface { Read(string) (rows, error); Receive(string) (int, error) }
		type s struct { db db }
		`
	read := func(call string) string {
		return source + "func (s *s) start(r remote) { buf := make([]byte, 9); go func() { for { if _, err := " + call + "; err != nil { return }; r.Tell(len(buf)) } }() }"
	}
	judged(t, withRemote(map[string]goroutine{
		"a query":            {read(`s.db.Read("x")`), serves.Unclear, "loops, and nothing here shows for how long"},
		"messages":           {read(`s.db.Receive("x")`), serves.Others, "calls Receive in a loop"},
		"random bytes":       {read("io.ReadFull(rand.Reader, buf)"), serves.Unclear, "loops, and nothing here shows for how long"},
		"bytes of others":    {read("io.ReadFull(in, buf)"), serves.Others, "calls ReadFull in a loop on in"},
		"bytes of a process": {read("io.ReadFull(os.Stdin, buf)"), serves.Others, "calls ReadFull in a loop on os.Stdin"},
	}))
}

// The arguments that a function of the package gives to the function that it starts decide for whom
// that works.
func TestHandedToAFunction(t *testing.T) {
	const source = `package p

		import "context"

		` + remote + `
		type iter interface { Next() (int, error) }
		type s struct { r remote; it iter }
		func open(n int) iter { return nil }
		func collect(n int, f func(iter, chan int)) chan int { it, out := open(n), make(chan int); go func() { f(it, out) }(); return out }
		func collectOf(s *s, f func(iter, chan int)) chan int { out := make(chan int); go func() { f(s.it, out) }(); return out }
		func twice(n int, f func(iter, chan int)) chan int { it, out := open(n), make(chan int); go func() { f(it, out); f(it, out) }(); return out }
		func begin(ctx context.Context, f func(context.Context)) { go f(ctx) }
		func give(n int, f func(int)) { go func() { f(n) }() }
		func (s *s) pull(it iter, out chan int) { defer close(out); for { n, err := it.Next(); if err != nil { return }; s.r.Tell(n); out <- n } }
		func (s *s) note(context.Context) { s.r.Tell(1) }
		func (s *s) tell(n int) { s.r.Tell(n) }
		func (s *s) pass(n int, f func(iter, chan int)) chan int { return collect(n, func(it iter, out chan int) { f(it, out) }) }
		func (s *s) call(n int, o *s) chan int { `
	judgedCalls(t, source, map[string]call{
		"its own iterator":           {"return collect(n, s.pull)", serves.Starter},
		"an iterator of all":         {"return collectOf(s, s.pull)", serves.Others},
		"one in a field":             {"return collectOf(o, s.pull)", serves.Unclear},
		"more than once":             {"return twice(n, s.pull)", serves.Unclear},
		"nothing but a context":      {"begin(context.Background(), s.note); return nil", serves.Unclear},
		"a parameter":                {"give(n, s.tell); return nil", serves.Starter},
		"by way of another function": {"return s.pass(n, s.pull)", serves.Unclear},
	})
}
