// Package enterwith enters stores.
package enterwith

import (
	"net/http"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func init() {
	user.EnterWith("root")
}

func called() {
	user.EnterWith("a") // want `EnterWith outlasts this function`
	als.EnterWith("a")  // want `EnterWith`
}

func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user.EnterWith("b") // want `EnterWith`
	defer user.WithScope("b").End()
}

func middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user.EnterWith("c") // want `EnterWith`
		next.ServeHTTP(w, r)
	})
}

func goroutines(requests chan string, wg *sync.WaitGroup) {
	go func() {
		user.EnterWith("d")
		func() {
			user.EnterWith("e") // want `EnterWith`
		}()
	}()
	go func() {
		for r := range requests {
			user.EnterWith(r) // want `EnterWith`
		}
	}()
	for range 3 {
		als.Go(func() {
			defer wg.Done()
			user.EnterWith("f")
		})
	}
	go first("g")
	als.Go(second)
	go third()
	third()
	user.Run("h", func() {
		user.EnterWith("i") // ends with the Run
	})
	bound := als.Bind(func() { user.EnterWith("j") })
	bound()
	//alsvet:ignore the caller expects it
	user.EnterWith("k")
}

func first(name string) { user.EnterWith(name) }

func second() { user.EnterWith("second") }

func third() {
	user.EnterWith("third") // want `EnterWith`
}
