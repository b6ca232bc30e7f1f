package serves_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

const jobs = `type task struct { n int; reply func(int) }
	type frame struct { n int }
	type response struct { n int; reply func(int) }
	type session struct { n int; reply func(int) }
	func (s *session) Close() {}
	type s struct { tasks chan task; frames chan frame; responses chan *response; idle chan *session; r remote }
	`

// A goroutine that takes one job from a channel that others share works for the caller that sent the
// job.
func TestTakesJob(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"a job": {jobs + `func (s *s) next(n int) { go func() { t := <-s.tasks; s.r.Tell(t.n + n) }() }`,
			serves.Others, "takes a job from s.tasks"},
		"in a case": {`import "context"
			` + jobs + `func (s *s) next(c context.Context) { go func() {
				select { case t := <-s.tasks: s.r.Tell(t.n); case <-c.Done(): }
			}() }`,
			serves.Others, "takes a job from s.tasks"},
		"in another function": {jobs + `func (s *s) take() task { return <-s.tasks }
			func (s *s) next(n int) { go func() { s.r.Tell(s.take().n + n) }() }`,
			serves.Others, "takes a job from s.tasks"},
		"that the starter waits for": {jobs + `func (s *s) next() {
				d := make(chan bool)
				go func() { t := <-s.tasks; s.r.Tell(t.n); close(d) }()
				<-d
			}`,
			serves.Unclear, "takes a job from s.tasks"},
		"from a channel that the starter is given": {jobs + `func next(tasks chan task, r remote) { go func() { t := <-tasks; r.Tell(t.n) }() }`,
			serves.Unclear, "takes a job from tasks"},
		"of a call": {jobs + `func (s *s) ask() chan task { return s.tasks }
			func (s *s) next(n int) { go func() { t := <-s.ask(); s.r.Tell(t.n + n) }() }`, serves.Others, "s.ask()"},
		"of a function that makes the channel": {jobs + `func ask() chan task { c := make(chan task, 1); c <- task{}; return c }
			func next(r remote, n int) { go func() { t := <-ask(); r.Tell(t.n + n) }() }`, serves.Starter, ""},
		"that it drops": {jobs + `func (s *s) next(n int) { go func() { <-s.tasks; s.r.Tell(n) }() }`, serves.Starter, ""},
		"plain data":    {jobs + `func (s *s) next(n int) { go func() { f := <-s.frames; s.r.Tell(f.n + n) }() }`, serves.Starter, ""},
		"a response":    {jobs + `func (s *s) next(n int) { go func() { r := <-s.responses; s.r.Tell(r.n + n) }() }`, serves.Starter, ""},
		"a resource":    {jobs + `func (s *s) next(n int) { go func() { c := <-s.idle; s.r.Tell(c.n + n) }() }`, serves.Starter, ""},
		"what goes back": {jobs + `func (s *s) next(n int) { go func() { t := <-s.tasks; s.r.Tell(t.n + n); s.tasks <- t }() }`,
			serves.Starter, ""},
		"from a channel of the starter": {jobs + `func next(r remote) {
				tasks := make(chan task, 1)
				go func() { t := <-tasks; r.Tell(t.n) }()
				tasks <- task{}
			}`,
			serves.Starter, ""},
	}))
}

// A method of another package takes a job if its receiver is shared.
func TestTakesJobOfAnotherPackage(t *testing.T) {
	const queue = `package queue

		import "context"

		type Queue struct { tasks chan func() }
		func (q *Queue) Respond(c context.Context) (func(), error) {
			select {
			case f := <-q.tasks: return f, nil
			case <-c.Done(): return nil, c.Err()
			}
		}
		type Job struct { Reply func() }
		type Jobs struct { C chan Job }
		func (q *Jobs) Respond() Job { return <-q.C }`
	for name, test := range map[string]struct {
		source string
		answer serves.Answer
	}{
		"a function of a shared queue": {`type s struct { q *queue.Queue }
			func (s *s) handle(c context.Context) { go func() { f, _ := s.q.Respond(c); f() }() }`, serves.Others},
		"a job of a shared queue": {`type s struct { q *queue.Jobs; r remote }
			func (s *s) handle(n int) { go func() { j := s.q.Respond(); s.r.Tell(n); _ = j }() }`, serves.Others},
		"a job of a queue of the starter": {`func handle(r remote) {
				q := &queue.Jobs{C: make(chan queue.Job, 1)}
				go func() { j := q.Respond(); r.Tell(1); _ = j }()
				q.C <- queue.Job{}
			}`, serves.Starter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, queue, "package p\n\nimport (\n\"context\"\n\"example.com/queue\"\n)\nvar _ context.Context\n"+remote+test.source)
			verdict := judge(t, actions[1])
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
			assert.False(t, verdict.Idle)
		})
	}
}
