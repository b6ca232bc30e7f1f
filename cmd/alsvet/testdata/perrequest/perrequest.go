// Package perrequest makes storages.
package perrequest

import (
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/seed-1938943e/goroutine/als"
)

var user = als.New[string]()

type server struct {
	once  sync.Once
	user  *als.Storage[string]
	inner als.Storage[int]
}

func newServer() *server {
	return &server{user: als.New[string]()}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.user = als.New[string]()   // want `a Storage is made for each request`
	var id als.Storage[int]      // want `a Storage is made`
	p := &als.Storage[int]{}     // want `a Storage is made`
	q := new(als.Storage[int])   // want `a Storage is made`
	func() { als.New[bool]() }() // want `a Storage is made`
	var pointer *als.Storage[int]
	s.once.Do(func() { s.user = als.New[string]() })
	//alsvet:ignore perrequest: it lasts as long as this upgraded connection
	als.New[int]()
	_, _, _, _ = &id, p, q, pointer
}

func middleware(next http.Handler) http.Handler {
	depth := als.New[int]()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		depth.Run(depth.Get()+1, func() { next.ServeHTTP(w, r) })
		als.New(als.Options[int]{Name: "x"}) // want `a Storage is made`
	})
}

func withParams(w http.ResponseWriter, r *http.Request, params map[string]string) {
	als.New[int]() // want `a Storage is made`
}

func handle(c *gin.Context) {
	als.New[int]() // want `a Storage is made`
}

func helper(c *gin.Context, n int) {
	als.New[int]()
}

func serve(name string) {
	user.Run(name, func() {
		als.New[int]() // want `a Storage is made`
	})
}

func init() {
	user.Run("root", func() {
		als.New[int]()
	})
}

func local(name string) {
	var id als.Storage[string] // want `a Storage is made`
	id.Run(name, func() { id.Get() })
	other := als.New[int]() // want `a Storage is made`
	defer other.WithScope(1).End()
	serve(name)
}

func factory() (func() string, func(string, func())) {
	id := als.New[string]()
	return func() string { return id.Get() }, func(v string, fn func()) { id.Run(v, fn) }
}
