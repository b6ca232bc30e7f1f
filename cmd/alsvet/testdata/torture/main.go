// Package main starts goroutines in all the ways that a fix could get wrong. It prints
// what they see, sorted; the fixed program must print the same.
package main

import (
	"errors"
	"fmt"
	"sort"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

var (
	mu    sync.Mutex
	lines []string
	wg    sync.WaitGroup
	gate  sync.WaitGroup
)

// say notes a line once all of the case has run. It reads a store, which is not shown:
// the fixes change that one.
func say(name string, values ...any) {
	gate.Wait()
	_ = user.Get()
	mu.Lock()
	lines = append(lines, fmt.Sprintln(append([]any{name}, values...)...))
	mu.Unlock()
	wg.Done()
}

func run(n int, f func()) {
	gate.Add(1)
	wg.Add(n)
	f()
	gate.Done()
	wg.Wait()
}

func main() {
	user.Run("u", func() {
		run(12, params)
		run(10, redeclared)
		run(12, arguments)
		run(10, untyped)
		run(9, generics)
		run(10, shadows)
		run(8, assignments)
		run(11, loops)
		run(14, receivers)
		run(9, functions)
		run(8, places)
		run(6, deferred)
	})
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Print(line)
	}
}

func fails() (int, error)       { return 0, errors.New("failed") }
func two() (int, string)        { return 1, "two" }
func next() int                 { counter++; return counter }
func say1(name string, v any)   { say(name, v) }
func sum(name string, n ...int) { say(name, n) }
func say64(name string, n int64, m uint8) {
	say(name, n, m)
}

var counter int

type point struct{ x, y int }

func (p point) show(name string)         { say(name, p.x, p.y) }
func (p point) add(name string, q point) { say(name, p.x+q.x, p.y+q.y) }

// pointer waits before it reads what the case changes.
func (p *point) pointer(name string) {
	gate.Wait()
	say(name, p.x, p.y)
}

type shower interface{ show(string) }

// What stands in the parentheses of a literal.
func params() {
	x, y := 1, "y"
	go func(x int) { say("params 1", x) }(x)
	go func(x int) { say("params 2", x) }(x + 1)
	go func(a, b int, c string) { say("params 3", a, b, c) }(x, x*2, y)
	go func(_ int, s string) { say("params 4", s) }(next(), y)
	go func(int, string) { say("params 5") }(next(), y)
	go func(a int, unused string) { say("params 6", a) }(x, y)
	go func(n int64) { say("params 7", fmt.Sprintf("%T %v", n, n)) }(5)
	go func(v any) { say("params 8", v) }(x)
	go func(err error, p *int) { say("params 9", err == nil, p == nil) }(nil, nil)
	go func(rest ...int) { say("params 10", rest) }(1, 2, x)
	go func(p point) { p.x++; say("params 11", p) }(point{x, 2})
	go func(a int, s string) { say("params 12", a, s) }(two())
	x, y = 100, "z"
}

// A parameter and := in the body's own block.
func redeclared() {
	go func(err error) {
		defer func() { say("redeclared 1", err) }()
		k, err := fails()
		_ = k
	}(nil)
	go func(n int) {
		n, m := n+1, n+2
		say("redeclared 2", n, m)
	}(1)
	go func(n int) {
		if n, m := 5, n; m > 0 {
			say("redeclared 3", n, m)
		}
	}(2)
	go func(n int) {
		{
			n := n + 1
			_ = n
		}
		say("redeclared 4", n)
	}(3)
	go func(n int) {
		f := func() { n++ }
		f()
		say("redeclared 5", n)
	}(4)
	go func(err error) {
		func() { _, err := fails(); _ = err }()
		say("redeclared 6", err)
	}(nil)
	n := 1
	go func(n int) {
		n++
		say("redeclared 7", n)
	}(n)
	go func(n int) {
		say("redeclared 8", n)
	}(n)
	go func(a, b int) {
		a, b = b, a
		say("redeclared 9", a, b)
	}(n, n+1)
	go func(v int) {
		var err error
		v, err = fails()
		say("redeclared 10", v, err)
	}(9)
	n = 50
}

// What is evaluated when the go statement runs.
func arguments() {
	m := map[string]int{"a": 1}
	s := []int{1, 2, 3}
	ch := make(chan int, 3)
	ch <- 7
	ch <- 8
	a := [2]int{1, 2}
	p := &point{1, 2}
	go say("arguments 1", m["a"])
	go say("arguments 2", s[0], s[1:])
	go say("arguments 3", <-ch, <-ch)
	go say("arguments 4", a)
	go say("arguments 5", *p)
	go say("arguments 6", p.x)
	go say("arguments 7", next() > 0, len(s))
	go sum("arguments 8", s[2], 4)
	go sum("arguments 9", s...)
	go say1("arguments 10", func() int { return m["a"] }())
	go say("arguments "+"11", -s[0], !true, s[0] == 1)
	go say("arguments 12", interface{}(s[0]).(int))
	m["a"], p.x, a[0] = 100, 100, 100
	p = &point{5, 5}
	s = []int{9, 9, 9}
}

// Constants and shifts, whose type depends on where they stand.
func untyped() {
	n := 70
	k := uint(3)
	const big = 1 << 40
	go say64("untyped 1", 1<<k, 1<<(k+5))
	go say64("untyped 2", big, 200)
	go say64("untyped 3", 'a', 'b')
	go say("untyped 4", 1<<k, 1.0, 2i, 'c')
	go say("untyped 5", n == 70, n > 1 && k > 1)
	go func(f float64, c complex128) { say("untyped 6", f, c) }(1, 2)
	go func(b byte) { say("untyped 7", b) }(1 << k)
	go func(s []byte) { say("untyped 8", s) }([]byte("x"))
	go func(u uint16, ok flag) { say("untyped 9", u, ok) }(1<<k, n == 70)
	go func(v any) { say("untyped 10", fmt.Sprintf("%T", v)) }(1 << k)
	n, k = 0, 0
}

type flag bool

func show[T any](name string, v T)               { say(name, v) }
func apply[T any](name string, f func(T) T, v T) { say(name, f(v)) }
func same[T any](v T) T                          { return v }
func double(n int) int                           { return n * 2 }
func applyInt(name string, f func(int) int)      { say(name, f(3)) }

type box[T any] struct{ v T }

func (b box[T]) show(name string)     { say(name, b.v) }
func (b *box[T]) pointer(name string) { say(name, b.v) }

// Generic functions and types.
func generics() {
	n := 4
	b := box[int]{n}
	go show("generics 1", n)
	go show[any]("generics 2", n)
	go apply("generics 3", same[int], n)
	go apply("generics 4", double, n)
	go applyInt("generics 5", same)
	go func(f func(int) int) { say("generics 6", f(n)) }(same)
	go b.show("generics 7")
	go func(b box[string]) { b.show("generics 8") }(box[string]{"s"})
	go func(f func(string) string) { say("generics 9", f("x")) }(same[string])
	b.v = 99
}

// Names that hide others.
func shadows() {
	type int64 string
	string := "hidden"
	len := func(...any) int { return 42 }
	go func(n int64) { say("shadows 1", n) }(int64("own"))
	go say("shadows 2", string, len())
	go func(als int) { say("shadows 3", als) }(3)
	{
		als := 4
		go func(n int) { say("shadows 4", n, als) }(als + next()*0)
	}
	go func(next int) { say("shadows 5", next) }(next() * 0)
	nil := 7
	go func(a, nil int) { say("shadows 6", a, nil) }(nil, nil)
	true := false
	go say1("shadows 7", true)
	arg := 8
	go func(arg2 int) { gate.Wait(); say("shadows 8", arg, arg2) }(arg + 1)
	name := "shadows 9"
	go say1(name, func() any { name := "inner"; return name }())
	v := []int{1, 2}
	go say1("shadows 10", v[1])
	name, string, arg, v = "changed", "changed", 100, []int{5, 5}
}

// Assignments that change what a closure would see.
func assignments() {
	a, b, c, d, e := 1, 1, 1, 1, 1
	go func(n int) { (n) = n + 1; say("assignments 1", n) }(a)
	go say1("assignments 2", a)
	(a) = 100
	go say1("assignments 3", b)
	(b)++
	go say1("assignments 4", c)
	pc := &(c)
	*pc = 100
	go say1("assignments 5", d)
	func() { d = 100 }()
	go say1("assignments 6", e)
	for e = range 3 {
	}
	f := func(name string) { say(name, "first") }
	go f("assignments 7")
	f = func(name string) { say(name, "second") }
	g := func() { say("assignments 8", "first") }
	go g()
	g = func() { say("assignments 8", "second") }
	_, _ = f, g
}

// Variables of loops.
func loops() {
	for i := 0; i < 2; i++ {
		go say("loops 1", i)
	}
	for i := range 2 {
		go func(i int) { say("loops 2", i) }(i)
	}
	i := 0
	for i = 0; i < 2; i++ {
		go say1("loops 3", i)
	}
	for j := 0; j < 2; func() { go say1("loops 4", j); j++ }() {
	}
	for k, v := range map[string]int{"k": 1} {
		go say("loops 5", k, v)
	}
	for k := 0; k < 1; k++ {
		k := k + 1
		go func() { say("loops 6", k) }()
	}
	for n := 0; n < 1; n++ {
		go say("loops 7", n)
		n += 5
	}
}

// Receivers, and functions that are values.
func receivers() {
	p := point{1, 2}
	q := &point{3, 4}
	var s shower = p
	in := struct{ *point }{&point{5, 6}}
	emb := struct{ point }{point{7, 8}}
	list := []point{{9, 9}}
	go p.show("receivers 1")
	go p.pointer("receivers 2")
	go q.show("receivers 3")
	go q.pointer("receivers 4")
	go s.show("receivers 5")
	go in.show("receivers 6")
	go in.pointer("receivers 7")
	go emb.show("receivers 8")
	go list[0].show("receivers 9")
	go point.show(p, "receivers 10")
	go (*point).pointer(q, "receivers 11")
	go p.add("receivers 12", *q)
	go (p).show("receivers 13")
	go (&p).show("receivers 14")
	p, list[0], emb.point = point{100, 100}, point{100, 100}, point{100, 100}
	q.x = 100
	q = &point{200, 200}
	s = q
	in.point = q
	_ = s
}

func choose(name string) func() { return func() { say(name) } }

type action func(string)

func functions() {
	fs := []func(string){func(n string) { say(n, "a") }}
	m := map[string]action{"x": func(n string) { say(n, "b") }}
	st := struct{ f func(string) }{func(n string) { say(n, "c") }}
	go fs[0]("functions 1")
	go m["x"]("functions 2")
	go st.f("functions 3")
	go choose("functions 4")()
	go func() func() { return choose("functions 5") }()()
	go (func() { say("functions 6") })()
	go action(fs[0])("functions 7")
	f := choose("functions 8")
	go f()
	h := st.f
	go h("functions 9")
	fs[0], m["x"], st.f = nil, nil, nil
}

// Where go statements stand.
func places() {
	n := 1
	if n == 1 {
		go say1("places 1", n)
	} else {
		panic("no")
	}
	switch n {
	case 1:
		go say1("places 2", n)
	}
	select {
	default:
		go say1("places 3", n)
	}
label:
	go say1("places 4", next()*0)
	if n == 2 {
		goto label
	}
	func() { go say1("places 5", n) }()
	go func() { gate.Wait(); go say1("places 6", n) }()
	{
		go say1("places 7", next()*0)
	} // with a comment
	go /* a */ func( /* b */ n int /* c */) { say("places 8", n) /* d */ }( /* e */ n /* f */)
	n = 3
}

// Deferred calls and results.
func deferred() {
	go func(n int) {
		defer say("deferred 1", n)
		n = 100
	}(1)
	go func(n int) (m int) {
		defer func() { say("deferred 2", n, m) }()
		return n + 1
	}(1)
	go func(n int) {
		defer func() { say("deferred 3", n, recover()) }()
		panic(n)
	}(2)
	go func(f func() int) {
		say("deferred 4", f())
	}(func() int { return 4 })
	go func(ch chan<- int, n int) {
		ch <- n
		say("deferred 5", n)
	}(make(chan int, 1), next()*0)
	r := result()
	_ = r
}

func result() (n int) {
	n = 6
	go say1("deferred 6", n)
	return 7
}
