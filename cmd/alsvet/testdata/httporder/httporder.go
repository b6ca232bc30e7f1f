// Package httporder puts handlers around handlers.
package httporder

import (
	"net/http"

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
}

func right(mux http.Handler, r *router) {
	otelhttp.NewHandler(alshttp.Handler(mux, user), "server")
	otelhttp.NewMiddleware("server")(alshttp.Middleware(user)(mux))
	alshttp.Handler(logging(mux), user)
	var other router
	other.Use(otelhttp.NewMiddleware("server"), alshttp.Middleware(user))
}
