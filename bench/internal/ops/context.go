package ops

import (
	"context"
	"strconv"
)

type (
	ctxKey   struct{}
	otherKey struct{ n int }
)

func init() {
	add(Context, contextKit)
	add(Context5, func() kit { return contextDeepKit(Context5, 5) })
	add(Context10, func() kit { return contextDeepKit(Context10, 10) })
}

func contextKit() kit {
	withPointer := Impl{Loop: withPointer}
	goes := Impl{Loop: func(n int) { spawn(n, goWith(holding(alice, 0))) }}
	rows := contextReads(0)
	for name, impl := range map[string]Impl{
		"read/store=revocable": ctxRead(alice, 0, ctxReadPointer),
		"read/store=none":      ctxRead(intValue, 0, ctxReadInt), // the baseline reads a value
		"enter/store=pointer":  withPointer,
		"enter/store=int": {Loop: func(n int) {
			ctx := context.Background()
			for i := range n {
				useContext(context.WithValue(ctx, ctxKey{}, i))
			}
		}},
		"enter/store=string": {Loop: func(n int) {
			ctx := context.Background()
			name := strconv.Itoa(n)
			for range n {
				useContext(context.WithValue(ctx, ctxKey{}, name))
			}
		}},
		"enter/scope=outermost": withPointer,
		"enter/form=WithScope":  withPointer,
		"enter/form=EnterWith":  withPointer,
		"enter/store=revocable": withPointer,
		"enter/reads=3": {Loop: func(n int) {
			for range n {
				ctxThreeReads(context.WithValue(context.Background(), ctxKey{}, alice))
			}
		}},
		"enter/depth=10":          {Loop: func(n int) { repeat(n, func() { ctxNest(context.Background(), 10) }) }},
		"enter/depth=100":         {Loop: func(n int) { repeat(n, func() { ctxNest(context.Background(), 100) }) }},
		"spawn/stores=1":          goes,
		"spawn/stores=10":         goes,
		"spawn/stores=1,batch=64": {Loop: func(n int) { batch(n, goWith(holding(alice, 0))) }},
		"spawn/work=scope": {Loop: func(n int) {
			spawnWork(n, plainGo, func() {
				useContext(context.WithValue(context.Background(), ctxKey{}, alice))
			})
		}},
		"spawn/work=request": {Loop: func(n int) {
			spawnWork(n, plainGo, func() {
				ctxThreeReads(context.WithValue(context.Background(), ctxKey{}, alice))
			})
		}},
		"capture/snapshot=unchanged": withPointer,
		"capture/snapshot=changed":   withPointer,
		"capture/op=bind": {Loop: func(n int) {
			for range n {
				ctx := holding1
				keepFunc(func() { useContext(ctx) })
			}
		}},
		"capture/op=bound":            withPointer,
		"capture/op=bound,inside=Run": withPointer,
	} {
		rows[name] = impl
	}
	return kit{system: Context, rows: rows, scope: func(v *user, f func()) {
		ctx := holding(v, 0)
		f()
		useContext(ctx)
	}}
}

func contextDeepKit(s System, levels int) kit {
	return kit{system: s, rows: contextReads(levels - 1)}
}

func contextReads(others int) map[string]Impl {
	return map[string]Impl{
		"read/store=int":       ctxRead(intValue, others, ctxReadInt),
		"read/store=pointer":   ctxRead(alice, others, ctxReadPointer),
		"read/store=string":    ctxRead(stringValue, others, ctxReadString),
		"read/store=interface": ctxRead(errorValue, others, ctxReadInterface),
		"read/store=struct64":  ctxRead(structValue, others, ctxReadStruct),
	}
}

// holding returns a context with a value and other values set after it.
func holding(value any, others int) context.Context {
	ctx := context.WithValue(context.Background(), ctxKey{}, value)
	for i := range others {
		ctx = context.WithValue(ctx, otherKey{i}, i)
	}
	return ctx
}

var holding1 = holding(alice, 0)

// ctxRead reads a value in a context with other values.
func ctxRead(value any, others int, read func(ctx context.Context, n int)) Impl {
	ctx := holding(value, others)
	return Impl{Loop: func(n int) { read(ctx, n) }}
}

// ctxReadBelow reads a value that was set again at each level.
func ctxReadBelow(levels int) Impl {
	ctx := context.Background()
	for range levels {
		ctx = context.WithValue(ctx, ctxKey{}, alice)
	}
	return Impl{Loop: func(n int) { ctxReadPointer(ctx, n) }}
}

func ctxThreeReads(ctx context.Context) {
	hits := 0
	for range 3 {
		if v, ok := ctx.Value(ctxKey{}).(*user); ok && v == alice {
			hits++
		}
	}
	useInt(hits)
}

func ctxNest(ctx context.Context, depth int) {
	if depth > 0 {
		ctxNest(context.WithValue(ctx, ctxKey{}, alice), depth-1)
	}
}

func withPointer(n int) {
	ctx := context.Background()
	for range n {
		useContext(context.WithValue(ctx, ctxKey{}, alice))
	}
}

// goWith returns a function that starts a goroutine with a context.
func goWith(ctx context.Context) func(f func()) {
	return func(f func()) {
		//alsvet:ignore the context carries the value here
		go func() {
			useContext(ctx)
			f()
		}()
	}
}

//go:noinline
func useContext(context.Context) {}
