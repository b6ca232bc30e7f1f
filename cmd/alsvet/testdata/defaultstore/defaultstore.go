// Package defaultstore uses storages as stores.
package defaultstore

import "github.com/seed-1938943e/goroutine/als"

var (
	user   als.Storage[string]
	tenant = als.New[int]()
)

func serve() { user.Get() }

func wrong() {
	als.Run(&user, serve)             // want `als.Run makes this storage a store of the default storage: call the Run of the storage itself`
	als.EnterWith(tenant)             // want `als.EnterWith makes this storage a store`
	defer als.WithScope(tenant).End() // want `als.WithScope makes this storage a store`
}

func right() {
	als.Run("alice", serve)
	user.Run("alice", serve)
	als.EnterWith(&struct{ storage *als.Storage[int] }{tenant})
}
