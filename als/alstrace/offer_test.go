package alstrace

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Only the decision by Options.Every: no trace is written.
func TestWhenATraceIsDue(t *testing.T) {
	rec := &Recorder{options: Options{Every: time.Hour}, wake: make(chan struct{}, 1)}
	take := func() Trace {
		<-rec.wake
		tr, ok := rec.take()
		assert.True(t, ok)
		return tr
	}
	assert.True(t, rec.offer(Request{Name: "a"}))
	assert.True(t, rec.offer(Request{Name: "b"}), "the trace of a will have it")
	assert.Equal(t, Trace{Requests: []Request{{Name: "a"}, {Name: "b"}}}, take())
	_, ok := rec.take()
	assert.False(t, ok)

	assert.False(t, rec.offer(Request{Name: "c"}), "too soon")
	assert.False(t, rec.offer(Request{Name: "d", Running: true}), "too soon")
	assert.False(t, rec.offer(Request{Name: "d"}), "too soon, at its end")
	rec.last = rec.last.Add(-time.Hour)
	assert.True(t, rec.offer(Request{Name: "e"}))
	tr := take()
	assert.Equal(t, Trace{Requests: []Request{{Name: "e"}}, Suppressed: 2}, tr, "c and d, which counts once")

	rec.last = time.Time{}
	for i := range maxRequests + 2 {
		assert.True(t, rec.offer(Request{Name: strconv.Itoa(i)}))
	}
	tr = take()
	assert.Len(t, tr.Requests, maxRequests)
	assert.Equal(t, 2, tr.More)
	assert.Zero(t, tr.Suppressed)

	rec.closed = true
	assert.False(t, rec.offer(Request{Name: "f"}))
}

// A task that is stuck when no trace may be written is offered again at its end.
func TestAStuckTaskThatIsNotWrittenIsOfferedAgain(t *testing.T) {
	rec := &Recorder{options: Options{Slow: 1, Stuck: time.Hour, Every: time.Hour}, wake: make(chan struct{}, 1)}
	rec.last = time.Now()
	_, task := rec.begin(t.Context(), "a")
	task.whileRunning()
	assert.False(t, task.settled)
	rec.last = time.Time{}
	task.end()
	assert.True(t, task.settled)
	tr, ok := rec.take()
	assert.True(t, ok)
	assert.False(t, tr.Requests[0].Running)
	task.whileRunning() // the timer was too late to be stopped
	_, ok = rec.take()
	assert.False(t, ok)
}
