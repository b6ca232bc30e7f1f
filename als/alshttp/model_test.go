package alshttp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A frame is a RunContext or a Handler that has made a context ambient. That of a Handler
// ends.
type frame struct {
	id    int
	ended bool
}

// ambientIn returns the number of the context that als.Context should return inside these
// frames, the innermost last.
func ambientIn(frames []*frame) int {
	for i := len(frames) - 1; i >= 0; i-- {
		if !frames[i].ended {
			return frames[i].id
		}
	}
	return 0
}

type capture struct {
	c      als.ExecutionContext
	frames []*frame
}

// A walk takes random steps in a request. After each it checks the ambient context, also
// in each execution context that it has captured.
type walk struct {
	t        *testing.T
	rnd      *rand.Rand
	steps    int
	last     int
	captures []capture
	id       *alshttp.Store[int]
}

type modelKey struct{}

func (w *walk) newContext() (context.Context, *frame) {
	w.last++
	return context.WithValue(context.Background(), modelKey{}, w.last), &frame{id: w.last}
}

func (w *walk) check(frames []*frame) {
	w.t.Helper()
	ask := func(where string, frames []*frame) {
		got, _ := als.Context().Value(modelKey{}).(int)
		if want := ambientIn(frames); got != want {
			w.t.Fatalf("%s: context %d, want %d", where, got, want)
		}
	}
	ask("here", frames)
	for i, c := range w.captures {
		c.c.Run(func() { ask(fmt.Sprint("capture ", i), c.frames) })
	}
}

// serve calls a Handler with a copy of r. outer are the frames that the Handler does not
// hide.
func (w *walk) serve(r *http.Request, frames, outer []*frame, opts ...alshttp.Option) {
	ctx, f := w.newContext()
	inside := append(outer[:len(outer):len(outer)], f)
	h := alshttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		w.body(r, inside)
		if w.rnd.IntN(4) == 0 {
			panic("the handler")
		}
	}), opts...)
	testkit.Caught(func() { h.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx)) })
	f.ended = true
	w.check(frames)
}

func (w *walk) body(r *http.Request, frames []*frame) {
	for w.steps > 0 && w.rnd.IntN(6) > 0 {
		w.steps--
		w.check(frames)
		switch w.rnd.IntN(6) {
		case 0, 1: // a Handler inside
			w.serve(r, frames, frames)
		case 2: // on another goroutine, to which the stores go
			testkit.Through(als.Go, func() { w.serve(r, frames, frames, w.id, alshttp.Reuse()) })
		case 3: // on another goroutine, for another request: it starts clean
			testkit.Through(als.Go, func() { w.serve(httptest.NewRequest(http.MethodGet, "/", nil), frames, nil) })
		case 4:
			ctx, f := w.newContext()
			als.RunContext(ctx, func() { w.body(r, append(frames[:len(frames):len(frames)], f)) })
		case 5:
			w.captures = append(w.captures, capture{als.Snapshot(), frames})
		}
	}
	w.check(frames)
}

// TestModelOfRequests compares the ambient context of random nestings with the model. It
// prints the seed when it fails.
func TestModelOfRequests(t *testing.T) {
	for range testkit.Scaled(t, 2000) {
		seed := rand.Uint64()
		ok := t.Run("", func(t *testing.T) {
			w := &walk{t: t, rnd: rand.New(rand.NewPCG(seed, 0)), steps: 40, id: alshttp.NewStore("n", func(*http.Request) int { return 1 })}
			w.serve(httptest.NewRequest(http.MethodGet, "/", nil), nil, nil, w.id)
		})
		if !ok {
			t.Fatalf("seed %d", seed)
		}
	}
}
