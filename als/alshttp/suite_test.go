package alshttp_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// idOf makes a store from a request: its header X-Request-Id.
func idOf(r *http.Request) string { return r.Header.Get("X-Request-Id") }

var quiet = log.New(io.Discard, "", 0)

// serve starts a server on the loopback interface that ends with the test and logs no
// panics.
func serve(t testing.TB, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// request returns a request to a server with this ID.
func request(t testing.TB, s *httptest.Server, id string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.URL, nil)
	require.NoError(t, err)
	r.Header.Set("X-Request-Id", id)
	return r
}

// get returns the answer to a request with this ID.
func get(t testing.TB, s *httptest.Server, id string) string {
	t.Helper()
	return answer(t, s.Client(), request(t, s, id))
}

func answer(t testing.TB, c *http.Client, r *http.Request) string {
	t.Helper()
	resp, err := c.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

// handle calls a handler without a server.
func handle(h http.Handler, id string) string {
	r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(""))
	r.Header.Set("X-Request-Id", id)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.String()
}
