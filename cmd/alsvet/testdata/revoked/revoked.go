// Package revoked reads stores in background work.
package revoked

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
)

var (
	user    = als.New(als.Options[string]{Name: "user", RevokeOnEnd: true})      // want user:"revocable"
	request = alshttp.NewStore("id", func(r *http.Request) string { return "" }) // want request:"revocable"
	tenant  = als.New(als.Options[string]{Name: "tenant"})
)

type server struct{ id *als.Storage[int] } // want id:"revocable"

func newServer() *server {
	return &server{id: als.New(als.Options[int]{RevokeOnEnd: true})}
}

func audit(string) {}

func deep() { audit(user.Get()) }

func wrong(s *server, g *errgroup.Group) {
	als.Go(func() { audit(user.Get()) })                // want `the store of user is gone when its Run or request ends`
	als.Go(deep)                                        // want `the store of user`
	als.Go(func() { audit(request.Get()) })             // want `the store of request`
	als.AfterFunc(time.Second, func() { s.id.Get() })   // want `the store of id`
	g.Go(als.Bind(func() error { deep(); return nil })) // want `the store of user`
	als.Go(func() { deep() })                           // want `the store of user`
}

func right() error {
	name := user.Get()
	als.Go(func() { audit(name) })
	als.Go(func() { audit(tenant.Get()) })
	var wg sync.WaitGroup
	wg.Add(1)
	als.Go(func() {
		defer wg.Done()
		deep()
	})
	wg.Wait()
	done := make(chan bool)
	als.Go(func() {
		deep()
		done <- true
	})
	<-done
	var g errgroup.Group
	g.Go(als.Bind(func() error { deep(); return nil }))
	return g.Wait()
}
