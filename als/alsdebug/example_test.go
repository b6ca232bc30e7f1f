package alsdebug_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/seed-1938943e/goroutine/als/alsdebug"
)

// How do I mount it? Like net/http/pprof, on a listener that only operators reach.
func ExampleHandler() {
	mux := http.NewServeMux()
	mux.Handle("/debug/als/", alsdebug.Handler())

	// http.ListenAndServe("localhost:6060", mux)
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/debug/als/", nil))
	fmt.Println(answer.Code, answer.Header().Get("Content-Type"))
	// Output: 200 text/plain; charset=utf-8
}

// How do I protect it on a public listener? Put authentication in front.
func ExampleHandler_protected() {
	requireOperator := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, password, ok := r.BasicAuth(); !ok || password != "of the operators" {
				w.Header().Set("WWW-Authenticate", `Basic realm="operators"`)
				http.Error(w, "for operators", http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/als/", requireOperator(alsdebug.Handler()))

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/debug/als/", nil))
	fmt.Println(answer.Code)
	// Output: 401
}

// How does a program read it? As JSON, whose fields docs/debug.md lists.
func ExampleHandler_json() {
	answer := httptest.NewRecorder()
	alsdebug.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/debug/als/?format=json&q=r-42&size=10", nil))
	var page struct {
		Version, Matching int
		Rows              []struct {
			ID    uint64
			State string
		}
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil {
		panic(err)
	}
	fmt.Println("version", page.Version)
	for _, g := range page.Rows {
		fmt.Println(g.ID, g.State)
	}
	// Output: version 1
}
