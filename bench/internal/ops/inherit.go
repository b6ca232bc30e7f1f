package ops

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

func init() { add(Inherit, inheritKit) }

// inheritKit is als in a program that imports als/inherit. It starts goroutines by go
// statements; the other operations are those of alsKit.
func inheritKit() kit {
	k := alsKit()
	k.system = Inherit
	goes := func(stores int) Impl {
		return Impl{
			Around: func(f func()) { alsOthers(stores, f) },
			Loop:   func(n int) { spawn(n, plainGo) },
		}
	}
	k.rows["spawn/stores=0"] = goes(0)
	k.rows["spawn/stores=1"] = goes(1)
	k.rows["spawn/stores=10"] = goes(10)
	delete(k.rows, "spawn/stores=1,hooks=linked")
	delete(k.rows, "spawn/stores=1,hooks=linked,batch=64")
	k.rows["spawn/stores=1,batch=64"] = Impl{
		Around: func(f func()) { alsUser.Run(alice, f) },
		Loop:   func(n int) { batch(n, plainGo) },
	}
	return k
}

// alsCarried is not measured: the first use of a storage decides where its cell is.
var alsCarried als.Storage[*user]

// Inherits reports whether a plain go statement carries stores in this program.
func Inherits() bool {
	var carried bool
	var done sync.WaitGroup
	done.Add(1)
	alsCarried.Run(alice, func() {
		//alsvet:ignore the go statement is tested here
		go func() {
			defer done.Done()
			carried = alsCarried.Get() == alice
		}()
		done.Wait()
	})
	return carried
}
