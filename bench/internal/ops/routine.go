//go:build !without_routine

package ops

import "github.com/timandy/routine"

var (
	routineUser = routine.NewInheritableThreadLocal[*user]()
	routineText = routine.NewInheritableThreadLocal[string]()
	routineInt  = routine.NewInheritableThreadLocal[int]()
)

func init() { add(Routine, routineKit) }

func routineKit() kit {
	goes := func(others int) Impl {
		return Impl{
			Around: func(f func()) {
				routineScope(routineUser, alice, func() { routineOthers(others, f) })
			},
			Loop: func(n int) { spawn(n, func(f func()) { routine.Go(f) }) },
		}
	}
	inside := func(f func()) { routineScope(routineUser, alice, f) }
	return kit{
		system: Routine,
		scope:  func(v *user, f func()) { routineScope(routineUser, v, f) },
		others: routineOthers,
		start:  func(f func()) { routine.Go(f) },
		rows: map[string]Impl{
			"read/store=pointer": {Loop: routineReadPointer, Around: inside},
			"read/store=string":  {Loop: routineReadString, Around: func(f func()) { routineScope(routineText, stringValue, f) }},
			"read/store=none": {Loop: func(n int) {
				misses := 0
				for range n {
					if routineUser.Get() == nil {
						misses++
					}
				}
				sink.Add(int64(misses))
			}},
			"enter/store=pointer": {Around: inside, Loop: func(n int) {
				for range n {
					routineScope(routineUser, alice, nothing)
				}
			}},
			"enter/store=int": {Around: inside, Loop: func(n int) {
				for i := range n {
					routineScope(routineInt, i, nothing)
				}
			}},
			"enter/store=string": {Around: inside, Loop: func(n int) {
				for range n {
					routineScope(routineText, "y", nothing)
				}
			}},
			"enter/scope=outermost": {Loop: func(n int) {
				for range n {
					routineUser.Set(alice)
					nothing()
					routineUser.Remove()
				}
			}},
			"enter/form=EnterWith": {Loop: func(n int) {
				for range n {
					routineUser.Set(alice)
				}
			}},
			"enter/reads=3": {Loop: func(n int) {
				for range n {
					routineScope(routineUser, alice, routineThreeReads)
				}
			}},
			"enter/depth=10":  {Loop: func(n int) { repeat(n, func() { routineNest(10) }) }},
			"enter/depth=100": {Loop: func(n int) { repeat(n, func() { routineNest(100) }) }},
			"spawn/stores=0":  {Loop: func(n int) { spawn(n, func(f func()) { routine.Go(f) }) }},
			"spawn/stores=1":  goes(0),
			"spawn/stores=10": goes(9),
			"spawn/stores=1,batch=64": {Around: inside, Loop: func(n int) {
				batch(n, func(f func()) { routine.Go(f) })
			}},
			"spawn/work=scope": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { routineScope(routineUser, alice, nothing) })
			}},
			"spawn/work=request": {Loop: func(n int) {
				spawnWork(n, plainGo, func() {
					routineScope(routineUser, alice, routineThreeReads)
				})
			}},
			"capture/op=bind": {Around: inside, Loop: func(n int) {
				for range n {
					keepAny(routine.WrapTask(nothing))
				}
			}},
		},
	}
}

// routineScope is a scope by hand, because routine has none.
func routineScope[T any](local routine.ThreadLocal[T], v T, f func()) {
	old := local.Get()
	local.Set(v)
	defer local.Set(old)
	f()
}

func routineReadPointer(n int) {
	hits := 0
	for range n {
		if routineUser.Get() == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func routineReadString(n int) {
	hits := 0
	for range n {
		if routineText.Get() == stringValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func routineThreeReads() {
	hits := 0
	for range 3 {
		if routineUser.Get() == alice {
			hits++
		}
	}
	useInt(hits)
}

func routineNest(depth int) {
	if depth > 0 {
		routineScope(routineUser, alice, func() { routineNest(depth - 1) })
	}
}

func routineOthers(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	routineScope(routine.NewInheritableThreadLocal[int](), n, func() { routineOthers(n-1, f) })
}
