package alstrace_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alstrace"
)

// What was a request doing when it was slow? Start records, and Handler writes the trace
// of a request that took too long.
func ExampleStart() {
	requestID := als.New(als.Options[string]{Name: "request", Label: func(id string) string { return id }})
	written := make(chan string, 1)
	rec, err := alstrace.Start(alstrace.Options{
		Slow:   time.Microsecond,
		Name:   requestID.Label,
		Create: func(alstrace.Trace) (io.WriteCloser, error) { return nopCloser{io.Discard}, nil }, // or Dir
		Done:   func(t alstrace.Trace, _ error) { written <- t.Requests[0].Name },
	})
	if errors.Is(err, alstrace.ErrUnsupported) {
		fmt.Println("slow: r-42") // the output on Go 1.25 and later
		return
	}
	defer rec.Stop()

	h := rec.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		defer alstrace.StartRegion("charge").End()
		time.Sleep(time.Millisecond)
	}))
	serve(alshttp.Handler(h, alshttp.With(requestID, idOf)), "r-42")
	fmt.Println("slow:", <-written)
	// Output: slow: r-42
}

// How does a program go on if it cannot record? A nil Recorder only calls its functions.
func ExampleRecorder_Handler() {
	rec, err := alstrace.Start(alstrace.Options{Slow: time.Second, Dir: "/nowhere"})
	fmt.Println(err != nil)
	defer rec.Stop()

	h := rec.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Body)
	// Output:
	// true
	// hello
}

// How is a part of the work named, in a function that has no ctx? A region lasts until
// its End. In the trace it belongs to the task of the request.
func ExampleStartRegion() {
	charge := func() {
		defer alstrace.StartRegion("charge").End()
		alstrace.Log("card", "declined by the first bank")
	}
	charge()
	// Output:
}

// How does work other than an HTTP request become a task? Run makes one.
func ExampleRecorder_Run() {
	var rec *alstrace.Recorder // of Start
	rec.Run("nightly report", func() {
		alstrace.WithRegion("read", func() { fmt.Println("read") })
		alstrace.WithRegion("send", func() { fmt.Println("sent") })
	})
	// Output:
	// read
	// sent
}
