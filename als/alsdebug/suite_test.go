package alsdebug

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

var (
	requestID = als.New(als.Options[string]{Name: "request", Label: func(id string) string { return id }})
	secret    = als.New(als.Options[string]{Name: "secret"})
)

// labelsShown reports whether labels can be seen in this build.
func labelsShown() bool { return !race.Enabled && g.StatusKnown() }

// holds starts a goroutine that holds a request ID, and a secret if there is one, until
// the test ends. It returns when the goroutine is parked.
func holds(t testing.TB, id, hidden string) (goid uint64) {
	ids, hold, ended := make(chan uint64), make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		requestID.Run(id, func() {
			wait := func() { ids <- goroutine.ID(); <-hold }
			if hidden == "" {
				wait()
			} else {
				secret.Run(hidden, wait)
			}
		})
	}()
	goid = <-ids
	t.Cleanup(func() { close(hold); <-ended })
	testkit.AwaitState(t, goid, "chan receive")
	return goid
}

// get asks a handler that is mounted at /debug/als/.
func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	return serve(h, http.MethodGet, target, "", header...)
}

// post sends the request that a button sends, with more header fields.
func post(h http.Handler, action string, header ...string) *httptest.ResponseRecorder {
	return serve(h, http.MethodPost, "", url.Values{"action": {action}}.Encode(), header...)
}

func serve(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://ops.example:6060/debug/als/"+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// listFrom decodes the JSON of a list.
func listFrom(t testing.TB, h http.Handler, parameters string) (l list) {
	t.Helper()
	w := get(h, "?format=json"+parameters)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	decoder := json.NewDecoder(w.Body)
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&l))
	return l
}

// afresh drops the picture that is kept.
func afresh(h http.Handler) {
	ps := &h.(*inspector).pictures
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.last = nil
}

func rowWith(rows []goroutineRow, id uint64) *goroutineRow {
	for i := range rows {
		if rows[i].ID == id {
			return &rows[i]
		}
	}
	return nil
}
