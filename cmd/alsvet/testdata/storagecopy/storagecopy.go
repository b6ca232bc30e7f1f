// Package storagecopy copies storages.
package storagecopy

import (
	"fmt"
	"unsafe"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

type server struct {
	name string
	user als.Storage[string]
	all  [2]als.Storage[int]
}

type tree struct {
	left, right *tree
	user        *als.Storage[string]
}

func (s *server) pointer() {}

func (s server) value() {} // want `the receiver copies an als.Storage`

func take(s als.Storage[string]) {} // want `the parameter`

func takePointer(s *als.Storage[string]) {}

func make1() als.Storage[string] { return als.Storage[string]{} }

func results(s *server) (als.Storage[string], server) {
	return s.user, *s // want `the return statement` `the return statement`
}

func right(s *server, t tree) {
	takePointer(&user)
	fresh := als.Storage[string]{}
	p := &fresh
	u := server{name: "a", user: als.Storage[string]{}}
	q := &u
	made := make1()
	v := *new(als.Storage[int])
	list := []als.Storage[string]{{}, {}}
	for i := range list {
		takePointer(&list[i])
	}
	_ = fresh
	fmt.Println(p, q, &made, &v, len(s.all), unsafe.Sizeof(user), t)
}

func wrong(s *server, storages []als.Storage[string], ch chan server) {
	a := user                          // want `the assignment`
	var b als.Storage[string] = s.user // want `the assignment`
	*(&b) = a                          // want `the assignment`
	take(user)                         // want `the call`
	fmt.Println(*s)                    // want `the call`
	for _, c := range storages {       // want `the range variable`
		c.Get()
	}
	ch <- *s                          // want `the send statement`
	_ = server{user: user}            // want `the literal`
	storages = append(storages, user) // want `the call`
	all := s.all                      // want `the assignment`
	d := any(user)                    // want `the assignment`
	e := func(s server) {}            // want `the parameter`
	fmt.Println(&a, &all, d, e)
	f := user //alsvet:ignore storagecopy: it has not been used yet
	f.Get()
}
