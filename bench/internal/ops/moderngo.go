//go:build !without_modern_go

package ops

import gls "github.com/modern-go/gls"

type modernKey struct{ n int }

var modernUser any = modernKey{-1}

func init() { add(ModernGo, modernKit) }

func modernKit() kit {
	inside := func(f func()) { modernScope(alice, f) }
	goes := func(others int) Impl {
		return Impl{
			Around: func(f func()) { inside(func() { modernOthers(others, f) }) },
			Loop:   func(n int) { spawn(n, modernGo) },
		}
	}
	return kit{
		system: ModernGo,
		scope:  modernScope,
		others: modernOthers,
		start:  modernGo,
		rows: map[string]Impl{
			"read/store=pointer": {Loop: modernReadPointer, Around: inside},
			"read/store=string":  {Loop: modernReadString, Around: func(f func()) { gls.WithGls(func() { gls.Set(modernUser, stringValue); f() })() }},
			"read/store=none": {Loop: func(n int) {
				misses := 0
				for range n {
					if gls.Get(modernUser) == nil {
						misses++
					}
				}
				sink.Add(int64(misses))
			}},
			"enter/store=pointer": {Loop: func(n int) {
				for range n {
					modernScope(alice, nothing)
				}
			}},
			"enter/store=int": {Loop: func(n int) {
				for i := range n {
					gls.WithGls(func() { gls.Set(modernUser, i) })()
				}
			}},
			"enter/store=string": {Loop: func(n int) {
				for range n {
					gls.WithGls(func() { gls.Set(modernUser, "y") })()
				}
			}},
			"enter/scope=outermost": {Loop: func(n int) {
				for range n {
					modernScope(alice, nothing)
				}
			}},
			"enter/form=EnterWith": {Around: inside, Loop: func(n int) {
				for range n {
					gls.Set(modernUser, alice)
				}
			}},
			"enter/reads=3": {Loop: func(n int) {
				for range n {
					modernScope(alice, modernThreeReads)
				}
			}},
			"enter/depth=10":          {Loop: func(n int) { repeat(n, func() { modernNest(10) }) }},
			"enter/depth=100":         {Loop: func(n int) { repeat(n, func() { modernNest(100) }) }},
			"spawn/stores=0":          {Loop: func(n int) { spawn(n, modernGo) }},
			"spawn/stores=1":          goes(0),
			"spawn/stores=10":         goes(9),
			"spawn/stores=1,batch=64": {Around: inside, Loop: func(n int) { batch(n, modernGo) }},
			"spawn/work=scope": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { modernScope(alice, nothing) })
			}},
			"spawn/work=request": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { modernScope(alice, modernThreeReads) })
			}},
			"capture/op=bind": {Around: inside, Loop: func(n int) {
				for range n {
					keepFunc(gls.WithGls(nothing))
				}
			}},
			"capture/op=bound": {Loop: func(n int) {
				var f func()
				inside(func() { f = gls.WithGls(nothing) })
				for range n {
					f()
				}
			}},
		},
	}
}

func modernScope(v *user, f func()) {
	gls.WithGls(func() {
		gls.Set(modernUser, v)
		f()
	})()
}

//alsvet:ignore the function that WithGls returns carries the values
func modernGo(f func()) { go gls.WithGls(f)() }

func modernReadPointer(n int) {
	hits := 0
	for range n {
		if v, ok := gls.Get(modernUser).(*user); ok && v == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func modernReadString(n int) {
	hits := 0
	for range n {
		if v, ok := gls.Get(modernUser).(string); ok && v == stringValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func modernThreeReads() {
	hits := 0
	for range 3 {
		if v, ok := gls.Get(modernUser).(*user); ok && v == alice {
			hits++
		}
	}
	useInt(hits)
}

func modernNest(depth int) {
	if depth > 0 {
		modernScope(alice, func() { modernNest(depth - 1) })
	}
}

// modernOthers sets more values in the map of the current scope.
func modernOthers(n int, f func()) {
	for i := range n {
		gls.Set(modernKey{i}, i)
	}
	f()
}
