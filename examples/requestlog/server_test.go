package main

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// start serves s.handler, wrapped by wrap, until the test ends.
func start(t *testing.T, s *server, wrap func(http.Handler) http.Handler) (url string) {
	console.reset(nil)
	ts := httptest.NewServer(wrap(s.handler()))
	t.Cleanup(func() {
		ts.Close()
		s.worker.stop()
	})
	return ts.URL
}

func TestAConnectionKeepsNoStore(t *testing.T) {
	var served, left atomic.Int64
	note := func() {
		if _, ok := requestID.GetStore(); ok {
			left.Add(1)
		}
	}
	url := start(t, newServer(faults{}), func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			served.Add(1)
			note() // in the goroutine that has served the requests before
			h.ServeHTTP(w, r)
			note()
		})
	})
	_, err := askAll(url, wishes(4, 12))
	require.NoError(t, err)
	assert.EqualValues(t, 4*12, served.Load())
	assert.Zero(t, left.Load())
}

func TestATokenCannotForgeLines(t *testing.T) {
	url := start(t, newServer(faults{}), func(h http.Handler) http.Handler { return h })
	for _, token := range []string{"a%0A%20%20%201:%20b", "a%20b", "%1b[2J", "123456789012345678901234567890123"} {
		resp, err := http.Get(url + "/later/" + token)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, http.StatusBadRequest, resp.StatusCode, token)
	}
	assert.Empty(t, console.kept())
}

func TestAnIDCannotForgeLines(t *testing.T) {
	url := start(t, newServer(faults{}), func(h http.Handler) http.Handler { return h })
	for i, id := range []string{"a b", "a:b", "", "123456789012345678901234567890123"} {
		r, err := http.NewRequest(http.MethodGet, url+"/later/t", nil)
		require.NoError(t, err)
		r.Header["X-Request-Id"] = []string{id}
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		resp.Body.Close()
		assert.NotEqual(t, id, resp.Header.Get("X-Request-Id"), i)
		assert.NotEmpty(t, resp.Header.Get("X-Request-Id"), i)
	}
	for _, l := range console.kept() {
		assert.Regexp(t, `^\d$`, l.id)
	}
	assert.Len(t, console.kept(), 4*len(steps["later"]))
}

func TestClientsReportBadAnswers(t *testing.T) {
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		says  string
	}{
		{"status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, "418"},
		{"no ID", func(http.ResponseWriter, *http.Request) {}, "the answer has no ID"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "9") }, "EOF"},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := httptest.NewServer(c.serve)
			defer ts.Close()
			_, err := askAll(ts.URL, wishes(2, 3))
			assert.ErrorContains(t, err, c.says)
			assert.ErrorContains(t, err, "client 0: ")
		})
	}
}
