package ops

import (
	"sync"

	"github.com/petermattis/goid"
)

// A goidLocal is a hand-written goroutine-local variable.
type goidLocal struct{ values sync.Map }

var goidUser, goidText, goidInt goidLocal

func init() { add(GoidMap, goidKit) }

func goidKit() kit {
	inside := func(f func()) { goidUser.scope(alice, f) }
	return kit{
		system: GoidMap,
		scope:  func(v *user, f func()) { goidUser.scope(v, f) },
		others: goidOthers,
		start:  goidGo,
		rows: map[string]Impl{
			"read/store=pointer": {Loop: goidReadPointer, Around: inside},
			"read/store=string":  {Loop: goidReadString, Around: func(f func()) { goidText.scope(stringValue, f) }},
			"read/store=none": {Loop: func(n int) {
				misses := 0
				for range n {
					if _, ok := goidUser.values.Load(goid.Get()); !ok {
						misses++
					}
				}
				sink.Add(int64(misses))
			}},
			"enter/store=pointer": {Around: inside, Loop: func(n int) {
				for range n {
					goidUser.scope(alice, nothing)
				}
			}},
			"enter/store=int": {Around: func(f func()) { goidInt.scope(1, f) }, Loop: func(n int) {
				for i := range n {
					goidInt.scope(i, nothing)
				}
			}},
			"enter/store=string": {Around: func(f func()) { goidText.scope("x", f) }, Loop: func(n int) {
				for range n {
					goidText.scope("y", nothing)
				}
			}},
			"enter/scope=outermost": {Loop: func(n int) {
				for range n {
					goidUser.scope(alice, nothing)
				}
			}},
			"enter/form=EnterWith": {Around: inside, Loop: func(n int) {
				for range n {
					goidUser.values.Store(goid.Get(), alice)
				}
			}},
			"enter/reads=3": {Loop: func(n int) {
				for range n {
					goidUser.scope(alice, goidThreeReads)
				}
			}},
			"enter/depth=10":          {Loop: func(n int) { repeat(n, func() { goidNest(10) }) }},
			"enter/depth=100":         {Loop: func(n int) { repeat(n, func() { goidNest(100) }) }},
			"spawn/stores=0":          {Loop: func(n int) { spawn(n, goidGo) }},
			"spawn/stores=1":          {Around: inside, Loop: func(n int) { spawn(n, goidGo) }},
			"spawn/stores=1,batch=64": {Around: inside, Loop: func(n int) { batch(n, goidGo) }},
			"spawn/work=scope": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { goidUser.scope(alice, nothing) })
			}},
			"spawn/work=request": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { goidUser.scope(alice, goidThreeReads) })
			}},
			"capture/op=bind": {Around: inside, Loop: func(n int) {
				for range n {
					keepFunc(goidBind(nothing))
				}
			}},
			"capture/op=bound": {Loop: func(n int) {
				var f func()
				inside(func() { f = goidBind(nothing) })
				for range n {
					f()
				}
			}},
		},
	}
}

func (l *goidLocal) scope(v any, f func()) {
	id := goid.Get()
	old, had := l.values.Swap(id, v)
	defer func() {
		if had {
			l.values.Store(id, old)
		} else {
			l.values.Delete(id)
		}
	}()
	f()
}

// goidGo and goidBind carry one variable. To carry more, they would need a list of
// all variables.
func goidGo(f func()) {
	v, ok := goidUser.values.Load(goid.Get())
	if !ok {
		//alsvet:ignore there is no value to carry
		go f()
		return
	}
	//alsvet:ignore it carries the value in the map
	go goidUser.scope(v, f)
}

func goidBind(f func()) func() {
	v, ok := goidUser.values.Load(goid.Get())
	if !ok {
		return f
	}
	return func() { goidUser.scope(v, f) }
}

func goidReadPointer(n int) {
	hits := 0
	for range n {
		if v, ok := goidUser.values.Load(goid.Get()); ok && v.(*user) == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func goidReadString(n int) {
	hits := 0
	for range n {
		if v, ok := goidText.values.Load(goid.Get()); ok && v.(string) == stringValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func goidThreeReads() {
	hits := 0
	for range 3 {
		if v, ok := goidUser.values.Load(goid.Get()); ok && v.(*user) == alice {
			hits++
		}
	}
	useInt(hits)
}

func goidNest(depth int) {
	if depth > 0 {
		goidUser.scope(alice, func() { goidNest(depth - 1) })
	}
}

func goidOthers(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	new(goidLocal).scope(n, func() { goidOthers(n-1, f) })
}
