// Package scopeend opens scopes.
package scopeend

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

type span struct{ scope als.Scope[string] }

func serve() {}

func right(s *span) als.Scope[string] {
	defer user.WithScope("a").End()
	b := user.WithScope("b")
	defer b.End()
	c := user.WithScope("c")
	defer func() {
		serve()
		c.End()
	}()
	s.scope = user.WithScope("d")
	e := user.WithScope("e")
	hold(e)
	f := user.WithScope("f")
	end := f.End
	defer end()
	var g als.Scope[string]
	g = user.WithScope("g")
	defer g.End()
	for range 3 {
		func() {
			defer user.WithScope("h").End()
		}()
	}
	//alsvet:ignore the test ends it
	user.WithScope("i")
	return user.WithScope("j")
}

func hold(s als.Scope[string]) {}

func wrong() {
	user.WithScope("a")       // want `the scope never ends`
	_ = user.WithScope("b")   // want `the scope never ends`
	user.WithScope("c").End() // want `the scope ends at once`
	defer user.WithScope("d") // want `begins when the function ends`
	e := user.WithScope("e")  // want `does not end if something panics`
	serve()
	e.End()
	f := user.WithScope("f") // want `the scope never ends`
	_ = f
	right(nil)                          // want `the scope never ends`
	if g := user.WithScope("g"); true { // want `does not end if`
		g.End()
	}
	for range 3 {
		user.WithScope("h")      // want `the scope never ends`
		i := user.WithScope("i") // want `does not end if`
		serve()
		i.End()
	}
	go user.WithScope("j").End() // want `on its own goroutine`
	k := user.WithScope("k")     // want `does not end if`
	go func() {
		k.End()
	}()
	var l = user.WithScope("l") // want `does not end if`
	l.End()
}

func loops() {
	for range 3 {
		defer user.WithScope("a").End() // want `the scope ends when the function returns, not when the iteration does`
		b := user.WithScope("b")        // want `not when the iteration does`
		defer b.End()
	}
}

func elsewhere() {
	scope := user.WithScope("a") // want `must end on its own goroutine`
	go scope.End()
}
