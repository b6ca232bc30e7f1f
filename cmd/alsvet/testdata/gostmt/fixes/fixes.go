package fixes

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

type server struct {
	mu    sync.Mutex
	conns chan net.Conn
	inner *server
	hook  func()
	count counter
}

type counter int

func (c counter) show()       { user.Get() }
func (c *counter) inc(by int) { user.Get() }

func (s *server) loop()                           { user.Get() }
func (s *server) serve(c net.Conn)                { user.Get() }
func (s *server) fail(c net.Conn) error           { user.Get(); return nil }
func (s *server) many(first int, rest ...string)  { user.Get() }
func next() int                                   { return 1 }
func two() (int, string)                          { return 1, "" }
func task()                                       { user.Get() }
func work(id int)                                 { user.Get() }
func wide(id int64, flag isSet)                   { user.Get() }
func pair(n int, s string)                        { user.Get() }
func generic[T any](v T)                          { user.Get() }
func zero[T any]()                                { user.Get() }
func takes(ctx context.Context, f func(), id int) { user.Get() }
func show(...any)                                 { user.Get() }

type isSet bool

func literals(x int) {
	go func() { // want `without the caller's stores`
		// The comment stays.
		show(x)
	}() // so does this
	go func() { work(x) }() // want `without`
	/* before */ go /* between */ func() { task() }( /* inside */ ) // want `without`
	go func() error {                                               // want `without`
		task()
		return nil
	}()
	go func() { // want `without`
		go task() // want `without`
	}()
	go (func() { task() })() // want `without`
	go func() {              // want `without`
		task()
	}(
	// nothing
	)
}

func functions(s *server, f func(), t task2) {
	go task() // want `without`
	go f()    // reported at its callers
	go t()
	go s.loop()       // want `without`
	go s.hook()       // want `without`
	go s.inner.loop() // want `without`
	go zero[int]()    // want `without`
	go choose()()     // want `without`
	go s.mu.Unlock()  // reads no store
	go s.count.show() // want `without`
}

type task2 func()

func choose() func() { return task }

func arguments(s *server, conn net.Conn, ids []int, xs []string) {
	go s.serve(conn)                 // want `without`
	go s.fail(conn)                  // want `without`
	go s.inner.serve(conn)           // want `without`
	go work(1)                       // want `without`
	go work(next())                  // want `without`
	go work(ids[0])                  // want `without`
	go wide(1, next() == 2)          // want `without`
	go wide(1<<ids[0], true)         // want `without`
	go pair(two())                   // want `without`
	go generic(next())               // want `without`
	go generic[int64](5)             // want `without`
	go s.many(1, xs...)              // want `without`
	go s.many(next(), xs[0], "")     // want `without`
	go s.many(1, "a", xs[1], xs[2])  // want `without`
	go (*server).serve(s, <-s.conns) // want `without`
	go s.serve(                      // want `without`
		// The connection.
		<-s.conns, // taken now
	)
	go func(c net.Conn, n int) { // want `without`
		s.serve(c)
		work(n)
	}(conn, next())
	go func(conn net.Conn) { // want `without`
		s.serve(conn)
	}(conn)
	go func(n int64, _ string, unused int) { // want `without`
		show(n)
	}(5, xs[0], next())
	go func(n int) { // want `without`
		n = 4
		task()
	}(next())
	go func(rest ...int) { // want `without`
		show(rest)
	}(1, 2)
	go func(err error, p *int, c <-chan net.Conn) { // want `without`
		show(err, p, c)
	}(nil, nil, s.conns)
	go func(int) { // want `without`
		task()
	}(next())
	go func(n int) (int, error) { // want `without`
		task()
		return n, nil
	}(next())
	go s.count.inc(next()) // want `without`
}

func changes(ctx context.Context, id int, where [2]int) {
	var n counter
	go n.inc(id)      // want `without`
	go work(where[0]) // want `without`
	work(id)
	id++
	go takes(ctx, func() { id++ }, id) // want `without`
	go takes(ctx, task, id)            // want `without`
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go takes(ctx, cancel, 1) // want `without`
	var err error
	go generic(err) // want `without`
	err = ctx.Err()
}

func result() (n int) {
	go work(n) // want `without`
	return 2
}

func builtins(ch chan int, m map[string]int, p []int) {
	go close(ch) // none of these could read a store
	go print("x", len(p))
	go delete(m, "key")
	go panic(fmt.Sprint(1))
	go recover()
}

func loops(conns chan net.Conn, list []net.Conn, s *server) {
outer:
	for i := 0; i < 3; i++ {
		go work(i) // want `without`
		for id := range 3 {
			go func(id int) { // want `without`
				work(id)
			}(id)
			if id == 2 {
				continue outer
			}
		}
		for _, conn := range list {
			if conn == nil {
				break outer
			}
		again:
			go s.serve(conn) // want `without`
			if i > 5 {
				goto again
			}
		labelled:
			go work(next()) // want `without`
			if i > 6 {
				goto labelled
			}
		}
	}
	switch {
	case s == nil:
		go task() // want `without`
	}
	select {
	case c := <-conns:
		go s.serve(c) // want `without`
	default:
	}
	var v any = s
	switch v := v.(type) {
	case *server:
		go v.loop() // want `without`
	case func():
		go v() // want `without`
	}
}

func params[T any](v T) {
	go generic(v)  // want `without`
	go func(v T) { // want `without`
		generic(v)
	}(v)
}

var started = func() bool {
	go task() // want `without`
	return true
}()
