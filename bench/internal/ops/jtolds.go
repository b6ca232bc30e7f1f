//go:build !without_jtolds

package ops

import gls "github.com/jtolds/gls"

var (
	jtoldsManager = gls.NewContextManager()
	jtoldsUser    = gls.GenSym()
)

func init() { add(Jtolds, jtoldsKit) }

func jtoldsKit() kit {
	inside := func(f func()) { jtoldsScope(alice, f) }
	goes := func(others int) Impl {
		return Impl{
			Around: func(f func()) { inside(func() { jtoldsOthers(others, f) }) },
			Loop:   func(n int) { spawn(n, gls.Go) },
		}
	}
	return kit{
		system: Jtolds,
		scope:  jtoldsScope,
		others: jtoldsOthers,
		start:  gls.Go,
		rows: map[string]Impl{
			"read/store=pointer": {Loop: jtoldsReadPointer, Around: inside},
			"read/store=string":  {Loop: jtoldsReadString, Around: func(f func()) { jtoldsManager.SetValues(gls.Values{jtoldsUser: stringValue}, f) }},
			"read/store=none": {Loop: func(n int) {
				misses := 0
				for range n {
					if _, ok := jtoldsManager.GetValue(jtoldsUser); !ok {
						misses++
					}
				}
				sink.Add(int64(misses))
			}},
			"enter/store=pointer": {Around: inside, Loop: func(n int) {
				for range n {
					jtoldsScope(alice, nothing)
				}
			}},
			"enter/store=int": {Around: inside, Loop: func(n int) {
				for i := range n {
					jtoldsManager.SetValues(gls.Values{jtoldsUser: i}, nothing)
				}
			}},
			"enter/store=string": {Around: inside, Loop: func(n int) {
				for range n {
					jtoldsManager.SetValues(gls.Values{jtoldsUser: "y"}, nothing)
				}
			}},
			"enter/scope=outermost": {Loop: func(n int) {
				for range n {
					jtoldsScope(alice, nothing)
				}
			}},
			"enter/reads=3": {Loop: func(n int) {
				for range n {
					jtoldsScope(alice, jtoldsThreeReads)
				}
			}},
			"enter/depth=10":          {Loop: func(n int) { repeat(n, func() { jtoldsNest(10) }) }},
			"enter/depth=100":         {Loop: func(n int) { repeat(n, func() { jtoldsNest(100) }) }},
			"spawn/stores=0":          {Loop: func(n int) { spawn(n, gls.Go) }},
			"spawn/stores=1":          goes(0),
			"spawn/stores=10":         goes(9),
			"spawn/stores=1,batch=64": {Around: inside, Loop: func(n int) { batch(n, gls.Go) }},
			"spawn/work=scope": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { jtoldsScope(alice, nothing) })
			}},
			"spawn/work=request": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { jtoldsScope(alice, jtoldsThreeReads) })
			}},
		},
	}
}

func jtoldsScope(v *user, f func()) { jtoldsManager.SetValues(gls.Values{jtoldsUser: v}, f) }

func jtoldsReadPointer(n int) {
	hits := 0
	for range n {
		if v, ok := jtoldsManager.GetValue(jtoldsUser); ok && v.(*user) == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func jtoldsReadString(n int) {
	hits := 0
	for range n {
		if v, ok := jtoldsManager.GetValue(jtoldsUser); ok && v.(string) == stringValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func jtoldsThreeReads() {
	hits := 0
	for range 3 {
		if got, ok := jtoldsManager.GetValue(jtoldsUser); ok && got.(*user) == alice {
			hits++
		}
	}
	useInt(hits)
}

func jtoldsNest(depth int) {
	if depth > 0 {
		jtoldsScope(alice, func() { jtoldsNest(depth - 1) })
	}
}

func jtoldsOthers(n int, f func()) {
	values := gls.Values{}
	for range n {
		values[gls.GenSym()] = n
	}
	jtoldsManager.SetValues(values, f)
}
