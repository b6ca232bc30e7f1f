package ops

import (
	"sync"
	"unsafe"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/async"
)

// The storages of a request. At its first use a storage gets a cell that does not collide
// with those of the stores that are set then.
var (
	alsInRequest [99]als.Storage[int]

	alsCollided  als.Storage[*user] // collides with all of alsColliding
	alsColliding []*als.Storage[*user]
)

// useFirst uses the storages for the first time in the order in which a program would: some
// outside of any request, then those of a request, nested. It uses the storages that must
// collide outside, too.
var useFirst = sync.OnceFunc(func() {
	als.ExecutionContext{}.Run(func() {
		alsUnset.Run(1, nothing)
		alsString.Run(stringValue, nothing)
		alsError.Run(errorValue, nothing)
		alsRequest(3, func() {
			alsUser.Run(alice, nothing)
			alsSecret.Run(alice, nothing)
		})
		alsRequest(len(alsInRequest), nothing)
		alsCollided.Run(alice, nothing)
		for len(alsColliding) < 3 {
			s := new(als.Storage[*user])
			s.Run(alice, nothing)
			if placeOf(s) == placeOf(&alsCollided) {
				alsColliding = append(alsColliding, s)
			}
		}
	})
})

// placeOf returns where a storage that has been used has its cell among four. Sound because
// a Storage begins with its key.
func placeOf[T any](s *als.Storage[T]) uint32 {
	return (*async.Key)(unsafe.Pointer(s)).Token().Index() % 4
}

// alsRequest calls f inside Runs of the first n storages of the request.
func alsRequest(n int, f func()) { alsNested(alsInRequest[:n], f) }

func alsNested(storages []als.Storage[int], f func()) {
	if len(storages) == 0 {
		f()
		return
	}
	storages[0].Run(1, func() { alsNested(storages[1:], f) })
}

// alsCollidedWith calls f with a store of alsCollided, after the three others have taken its
// place and the two behind it.
func alsCollidedWith(f func()) {
	alsColliding[0].Run(alice, func() {
		alsColliding[1].Run(alice, func() {
			alsColliding[2].Run(alice, func() { alsCollided.Run(alice, f) })
		})
	})
}
