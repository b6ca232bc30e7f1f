package ops

import (
	"context"

	"github.com/seed-1938943e/goroutine/als"
)

var (
	alsInt    als.Storage[int]
	alsUser   als.Storage[*user]
	alsString als.Storage[string]
	alsError  als.Storage[error]
	alsStruct als.Storage[[8]int]
	alsUnset  als.Storage[int]
	alsSecret = als.New(als.Options[*user]{RevokeOnEnd: true})
)

func init() { add(ALS, alsKit) }

func alsKit() kit {
	useFirst()
	goes := func(stores int) Impl {
		return Impl{
			Around: func(f func()) { alsOthers(stores, f) },
			Loop:   func(n int) { spawn(n, als.Go) },
		}
	}
	return kit{
		system:   ALS,
		scope:    func(v *user, f func()) { alsUser.Run(v, f) },
		others:   alsOthers,
		request:  alsRequest,
		collided: Impl{Loop: alsReadCollided, Around: alsCollidedWith},
		start:    als.Go,
		rows: map[string]Impl{
			"read/store=int":       {Loop: alsReadInt, Around: func(f func()) { alsInt.Run(intValue, f) }},
			"read/store=pointer":   {Loop: alsReadPointer, Around: func(f func()) { alsUser.Run(alice, f) }},
			"read/store=string":    {Loop: alsReadString, Around: func(f func()) { alsString.Run(stringValue, f) }},
			"read/store=interface": {Loop: alsReadInterface, Around: func(f func()) { alsError.Run(errorValue, f) }},
			"read/store=struct64":  {Loop: alsReadStruct, Around: func(f func()) { alsStruct.Run(structValue, f) }},
			"read/store=revocable": {Loop: alsReadRevocable, Around: func(f func()) { alsSecret.Run(alice, f) }},
			"read/store=none":      {Around: func(f func()) { alsInt.Run(1, f) }, Loop: alsMiss},

			"enter/store=pointer": {Loop: func(n int) {
				for range n {
					alsUser.Run(alice, nothing)
				}
			}, Around: func(f func()) { alsUser.Run(alice, f) }},
			"enter/store=int": {Loop: func(n int) {
				for i := range n {
					alsInt.Run(i, nothing)
				}
			}, Around: func(f func()) { alsInt.Run(1, f) }},
			"enter/store=string": {Loop: func(n int) {
				for range n {
					alsString.Run("y", nothing)
				}
			}, Around: func(f func()) { alsString.Run("x", f) }},
			"enter/scope=outermost": {Loop: func(n int) {
				for range n {
					alsUser.Run(alice, nothing)
				}
			}},
			"enter/form=WithScope": {Loop: func(n int) {
				for range n {
					alsScoped()
				}
			}},
			"enter/form=EnterWith": {Loop: func(n int) {
				for range n {
					//alsvet:ignore EnterWith is measured
					alsUser.EnterWith(alice)
				}
			}},
			"enter/store=revocable": {Loop: func(n int) {
				for range n {
					alsSecret.Run(alice, nothing)
				}
			}},
			"enter/reads=3": {Loop: func(n int) {
				for range n {
					alsUser.Run(alice, alsThreeReads)
				}
			}},
			"enter/depth=10":  {Loop: func(n int) { repeat(n, func() { alsNest(10) }) }},
			"enter/depth=100": {Loop: func(n int) { repeat(n, func() { alsNest(100) }) }},

			"spawn/stores=0":  goes(0),
			"spawn/stores=1":  goes(1),
			"spawn/stores=10": goes(10),
			"spawn/stores=1,batch=64": {
				Around: func(f func()) { alsUser.Run(alice, f) },
				Loop:   func(n int) { batch(n, als.Go) },
			},
			"spawn/stores=1,hooks=linked": {
				Around: func(f func()) { alsUser.Run(alice, func() { WithHooks(f) }) },
				Loop:   func(n int) { spawn(n, als.Go) },
			},
			"spawn/stores=1,hooks=linked,batch=64": {
				Around: func(f func()) { alsUser.Run(alice, func() { WithHooks(f) }) },
				Loop:   func(n int) { batch(n, als.Go) },
			},
			"spawn/work=scope": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { alsUser.Run(alice, nothing) })
			}},
			"spawn/work=request": {Loop: func(n int) {
				spawnWork(n, plainGo, func() { alsUser.Run(alice, alsThreeReads) })
			}},

			"capture/snapshot=unchanged": {Loop: func(n int) {
				for range n {
					keepSnapshot(als.Snapshot())
				}
			}, Around: func(f func()) { alsUser.Run(alice, f) }},
			"capture/snapshot=changed": {Loop: func(n int) {
				for range n {
					alsUser.Run(alice, func() { keepSnapshot(als.Snapshot()) })
				}
			}},
			"capture/op=bind": {Loop: func(n int) {
				for range n {
					keepFunc(als.Bind(nothing))
				}
			}, Around: func(f func()) { alsUser.Run(alice, f) }},
			"capture/op=bound": {Loop: func(n int) {
				f := alsBound()
				for range n {
					f()
				}
			}},
			"capture/op=bound,inside=Run": {Loop: func(n int) {
				f := alsBound()
				for range n {
					f()
				}
			}, Around: func(f func()) { alsInt.Run(1, f) }},
		},
	}
}

func alsMiss(n int) {
	misses := 0
	for range n {
		if _, ok := alsUnset.GetStore(); !ok {
			misses++
		}
	}
	sink.Add(int64(misses))
}

func alsThreeReads() {
	hits := 0
	for range 3 {
		if v, ok := alsUser.GetStore(); ok && v == alice {
			hits++
		}
	}
	useInt(hits)
}

func alsScoped() { defer alsUser.WithScope(alice).End() }

func alsNest(depth int) {
	if depth > 0 {
		alsUser.Run(alice, func() { alsNest(depth - 1) })
	}
}

func alsOthers(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	new(als.Storage[int]).Run(n, func() { alsOthers(n-1, f) })
}

func alsBound() (f func()) {
	alsUser.Run(alice, func() { f = als.Bind(nothing) })
	return f
}

//go:noinline
func keepSnapshot(als.ExecutionContext) {}

// The values that are read.
const (
	intValue    = 1 << 20
	stringValue = "request-4711"
)

var (
	errorValue  error = context.Canceled
	structValue       = [8]int{1, 2, 3}
)
