// Package main is a program with als/inherit: the goroutine of a TimeoutHandler has the stores.
package main

import (
	"net/http"
	"time"

	"github.com/seed-1938943e/goroutine/als/alshttp"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
)

func main() {
	_ = http.ListenAndServe("", alshttp.Handler(http.TimeoutHandler(http.DefaultServeMux, time.Second, "")))
}
