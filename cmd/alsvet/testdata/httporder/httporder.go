// Package httporder puts handlers around handlers.
package httporder

import (
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/seed-1938943e/goroutine/als/alshttp"
)

var user = alshttp.NewStore("user", func(r *http.Request) string { return r.Header.Get("X-User") })

type router struct{}

func (*router) Use(...func(http.Handler) http.Handler) {}

func logging(next http.Handler) http.Handler { return next }

func wrong(mux http.Handler, r *router) {
	alshttp.Handler(otelhttp.NewHandler(mux, "server"), user)          // want `inside of alshttp`
	alshttp.Handler(logging(otelhttp.NewHandler(mux, "server")), user) // want `inside of alshttp`
	traced := otelhttp.NewMiddleware("server")(mux)
	alshttp.Middleware(user)(traced) // want `inside of alshttp`
	r.Use(alshttp.Middleware(user))
	r.Use(logging, otelhttp.NewMiddleware("server")) // want `inside of alshttp`

	alshttp.Handler(http.TimeoutHandler(mux, time.Second, ""), user)                  // want `without the stores`
	alshttp.Middleware(user)(logging(http.TimeoutHandler(mux, 0, "")))                // want `without the stores`
	r.Use(func(h http.Handler) http.Handler { return http.TimeoutHandler(h, 0, "") }) // want `without the stores`
}

func right(mux http.Handler, r *router) {
	otelhttp.NewHandler(alshttp.Handler(mux, user), "server")
	otelhttp.NewMiddleware("server")(alshttp.Middleware(user)(mux))
	alshttp.Handler(logging(mux), user)
	http.TimeoutHandler(alshttp.Handler(mux, user), time.Second, "")
	alshttp.Handler(http.TimeoutHandler(alshttp.Handler(mux, user), time.Second, ""), user) // it has stores of its own
	var other router
	other.Use(func(h http.Handler) http.Handler { return http.TimeoutHandler(h, 0, "") })
	other.Use(otelhttp.NewMiddleware("server"), alshttp.Middleware(user))
}
